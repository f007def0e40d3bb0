# Warnings for our own translation units; never carried to those who use the library.
add_library(qascore_developer INTERFACE)
if(QASCORE_DEVELOPER)
  target_compile_options(
    qascore_developer
    INTERFACE "$<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wshadow;-Wold-style-cast;-Wnon-virtual-dtor;-Werror>"
              # GCC 12 warns wrongly where text is added up (gcc.gnu.org/PR105651).
              "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>")
endif()

# Every target of a sanitised build is sanitised, the library too: mixed builds report what is not there.
set(QASCORE_SANITIZE "" CACHE STRING "Sanitizers of the whole build, for instance address,undefined or thread")
if(QASCORE_SANITIZE)
  add_compile_options(-fsanitize=${QASCORE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${QASCORE_SANITIZE})
  if(QASCORE_SANITIZE MATCHES "address,undefined")
    # Null pointers and ends of objects are what the address sanitizer stops at by itself; no class here has a table of
    # virtual functions. A sixth of the time to compile.
    add_compile_options(-fno-sanitize=null,object-size,vptr)
  endif()
endif()

option(QASCORE_TIDY "Run clang-tidy on every translation unit" OFF)
if(QASCORE_TIDY)
  find_program(QASCORE_CLANG_TIDY NAMES clang-tidy clang-tidy-20 clang-tidy-19 clang-tidy-18 clang-tidy-17 clang-tidy-16
                                        clang-tidy-15 clang-tidy-14 REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${QASCORE_CLANG_TIDY}" --quiet)
endif()
