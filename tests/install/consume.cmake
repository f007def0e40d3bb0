# Configures, builds and runs the consumer, or the examples as a project of their own, in a scratch folder that starts empty.
#   cmake -DSOURCE=... -DBUILD=... -DSCRATCH=... -DCOMPILER=... -DKIND=find_package|add_subdirectory|no_yaml|examples|unknown_component
#     -P consume.cmake
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(build "${SCRATCH}/build")
if(KIND STREQUAL "add_subdirectory")
  set(build "${BUILD}-consumer") # as deep as the build that is tested: relative to it a compiler cache has the library's objects
endif()
file(REMOVE_RECURSE "${SCRATCH}" "${build}")
set(arguments "-DCMAKE_CXX_COMPILER=${COMPILER}")
if(KIND MATCHES "^(find_package|add_subdirectory)$")
  list(APPEND arguments -DCMAKE_BUILD_TYPE=Release) # some warnings come with optimisation
endif()
if(KIND STREQUAL "add_subdirectory")
  # With the options of the build that is tested, for the same reason.
  list(APPEND arguments "-DQASCORE_SOURCE=${SOURCE}" -DQASCORE_DEVELOPER=ON)
else()
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${SCRATCH}/prefix" --component cpp)
  list(APPEND arguments "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix")
  if(KIND STREQUAL "no_yaml")
    list(APPEND arguments -DCONSUMER_YAML=OFF -DCMAKE_DISABLE_FIND_PACKAGE_yaml-cpp=ON)
  endif()
endif()
if(KIND STREQUAL "unknown_component")
  execute_process(COMMAND "${CMAKE_COMMAND}" -G Ninja -S "${CMAKE_CURRENT_LIST_DIR}/unknown_component" -B "${build}" ${arguments}
                  RESULT_VARIABLE status ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}") # CMake breaks lines where it likes
  if(status EQUAL 0 OR NOT said MATCHES "no component \"yml\"; there are compiled and yaml")
    message(FATAL_ERROR "expected to be told which components there are, but found: ${said}")
  endif()
  return()
endif()
set(project "${CMAKE_CURRENT_LIST_DIR}/consumer")
if(KIND STREQUAL "examples")
  set(project "${SOURCE}/examples")
endif()
run("${CMAKE_COMMAND}" -G Ninja -S "${project}" -B "${build}" ${arguments})
run("${CMAKE_COMMAND}" --build "${build}")
run("${CMAKE_CTEST_COMMAND}" --test-dir "${build}" --output-on-failure --no-tests=error)
