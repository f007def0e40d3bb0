find_package(Boost 1.74 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
if(QASCORE_YAML)
  find_package(yaml-cpp 0.7 REQUIRED)
  if(NOT TARGET yaml-cpp::yaml-cpp)
    add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp) # 0.7 exports the plain name
  endif()
endif()
