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

/// NaN is how a missing value looks inside: a compiler told that there is none takes missing values for data, in the
/// embedder's units too, which compile the fronts.
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "qascore needs NaN, its missing value: compile without -ffast-math, -Ofast and -ffinite-math-only"
#endif
