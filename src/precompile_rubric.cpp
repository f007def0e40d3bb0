// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Kernels of qascore::compiled, built once. Scoring, and what checks a form and makes its tables.
#include <qascore/kernel/impl/scoring.ipp>
#include <qascore/kernel/impl/scoring_many.ipp>
#include <qascore/rubric/impl/answer_scale.ipp>
#include <qascore/rubric/impl/answers.ipp>
#include <qascore/rubric/impl/content_hash.ipp>
#include <qascore/rubric/impl/explain.ipp>
#include <qascore/rubric/impl/option_classes.ipp>
#include <qascore/rubric/impl/rubric.ipp>
#include <qascore/rubric/impl/scoring.ipp>
