include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(qascore_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/qascore")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/qascore" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT cpp)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT cpp)

install(TARGETS qascore qascore_compiled EXPORT qascoreTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT cpp)
install(EXPORT qascoreTargets NAMESPACE qascore:: DESTINATION "${qascore_package_dir}" COMPONENT cpp)

# qascore::yaml has an export of its own: those who do not use it do not need yaml-cpp.
if(QASCORE_YAML)
  install(TARGETS qascore_yaml EXPORT qascoreYamlTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT cpp)
  install(EXPORT qascoreYamlTargets NAMESPACE qascore:: DESTINATION "${qascore_package_dir}" COMPONENT cpp)
  install(FILES "${PROJECT_SOURCE_DIR}/cmake/QascoreYamlCpp.cmake" DESTINATION "${qascore_package_dir}" COMPONENT cpp)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/rubrics" DESTINATION "${CMAKE_INSTALL_DATADIR}/qascore" COMPONENT cpp)
endif()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/qascoreConfig.cmake.in" "${PROJECT_BINARY_DIR}/qascoreConfig.cmake"
  INSTALL_DESTINATION "${qascore_package_dir}" NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/qascoreConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/qascoreConfig.cmake" "${PROJECT_BINARY_DIR}/qascoreConfigVersion.cmake"
        DESTINATION "${qascore_package_dir}" COMPONENT cpp)

# For builds without CMake. Places are relative to the file, so that the tree may be installed anywhere; those given as absolute stay.
file(RELATIVE_PATH qascore_pc_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" qascore_pc_prefix "\${pcfiledir}/${qascore_pc_up}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(qascore_pc_prefix "${CMAKE_INSTALL_PREFIX}")
endif()
foreach(place INCLUDEDIR LIBDIR)
  string(TOLOWER "qascore_pc_${place}" name)
  set(${name} "\${prefix}/${CMAKE_INSTALL_${place}}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${place}}")
    set(${name} "${CMAKE_INSTALL_${place}}")
  endif()
endforeach()
set(qascore_pc_files qascore qascore-compiled)
if(QASCORE_YAML)
  list(APPEND qascore_pc_files qascore-yaml)
endif()
foreach(name IN LISTS qascore_pc_files)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT cpp)
endforeach()
