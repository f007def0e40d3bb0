// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Allocations, sizes and draws; the text of plans.
#include <qascore/kernel/impl/allocation.ipp>
#include <qascore/kernel/impl/allocation_cost.ipp>
#include <qascore/kernel/impl/allocation_groups.ipp>
#include <qascore/kernel/impl/allocation_two_ways.ipp>
#include <qascore/kernel/impl/order_sampling.ipp>
#include <qascore/kernel/impl/pps_probability.ipp>
#include <qascore/kernel/impl/sample_size.ipp>
#include <qascore/kernel/impl/selection.ipp>
#include <qascore/sampling/impl/redraw.ipp>
#include <qascore/sampling/impl/sampling_plan.ipp>
