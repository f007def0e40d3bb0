// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Raters against gold, each other, time and a model.
#include <qascore/calibration/impl/assignment.ipp>
#include <qascore/kernel/impl/adjusted_p.ipp>
#include <qascore/kernel/impl/assignment.ipp>
#include <qascore/kernel/impl/assignment_kinds.ipp>
#include <qascore/kernel/impl/bland_altman.ipp>
#include <qascore/kernel/impl/change_point.ipp>
#include <qascore/kernel/impl/concordance.ipp>
#include <qascore/kernel/impl/control_chart.ipp>
#include <qascore/kernel/impl/dawid_skene.ipp>
#include <qascore/kernel/impl/gold.ipp>
#include <qascore/kernel/impl/internal_consistency.ipp>
#include <qascore/kernel/impl/kendall_w.ipp>
#include <qascore/kernel/impl/model_rater.ipp>
#include <qascore/kernel/impl/prmse.ipp>
#include <qascore/kernel/impl/spearman_brown.ipp>
#include <qascore/kernel/impl/within_group.ipp>
