# Warnings for our own translation units; never carried to those who use the library.
add_library(qascore_developer INTERFACE)
if(QASCORE_DEVELOPER)
  target_compile_options(
    qascore_developer
    INTERFACE "$<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wshadow;-Wold-style-cast;-Wnon-virtual-dtor;-Werror>")
endif()
