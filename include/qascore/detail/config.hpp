// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Kernels are declared in kernel/*.hpp and defined in kernel/impl/*.ipp. Header-only (the default) their
/// definitions are inline and included at the end of the header; with QASCORE_COMPILED they are built once,
/// in src/precompile_*.cpp, and the headers carry declarations only.
#if defined(QASCORE_COMPILED)
#define QASCORE_INLINE
#else
#define QASCORE_INLINE inline
#endif
