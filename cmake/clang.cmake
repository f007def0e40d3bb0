# Toolchain of the Clang presets: distributions name the compiler clang++ or clang++-VERSION.
find_program(QASCORE_CLANGXX NAMES clang++ clang++-20 clang++-19 clang++-18 clang++-17 clang++-16 clang++-15 clang++-14
             REQUIRED)
set(CMAKE_CXX_COMPILER "${QASCORE_CLANGXX}")
