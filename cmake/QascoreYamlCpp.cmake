# yaml-cpp 0.7 exports the plain target name, 0.8 the namespaced one: after this, always the namespaced one.
# Installed beside the package's config file, which needs the same.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED)
  set_property(TARGET yaml-cpp::yaml-cpp PROPERTY INTERFACE_LINK_LIBRARIES yaml-cpp)
endif()
