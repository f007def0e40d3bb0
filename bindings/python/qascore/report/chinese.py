"""Pages in Chinese: each sentence of a report has its counterpart here, with the names and figures that stand in it.

A report is composed in English; `in_language` says it again. What has no counterpart (names, titles and labels of the user's, a
new sentence) stays as it is: tests take sentences and reasons from the sources and say which have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from ..errors import check_choice
from .chinese_reasons import REASONS
from .document import LANGUAGES, Cell, Figure, Link, Report, Row, Undefined

# In the English, {x} is any text; {on} is " on NAME" or nothing. In the Chinese, {on} is “NAME” with what it needs around it.
SENTENCES: tuple[tuple[str, str], ...] = (
    # agreement
    ("Alpha{on} is {a}: reliable, at {b} or above.", "{on}α 为 {a}：可靠，不低于 {b}。"),
    ("Alpha{on} is {a}: enough for tentative conclusions, at {b} or above.", "{on}α 为 {a}：足以得出初步结论，不低于 {b}。"),
    ("Alpha{on} is {a}, without an interval ({c}): whether it reaches {b} cannot be told from so few ratings.",
     "{on}α 为 {a}，没有区间（{c}）：评分太少，无法判断是否达到 {b}。"),
    ("Alpha{on} is {a}: whether it reaches {b} cannot be told from so few ratings.", "{on}α 为 {a}：评分太少，无法判断是否达到 {b}。"),
    ("Alpha{on} is {a}: below {b}, the least that Krippendorff asks of data from which even tentative conclusions are drawn.",
     "{on}α 为 {a}：低于 {b}，即 Krippendorff 对得出初步结论所要求的下限。"),
    ("Alpha{on} is undefined: {a}.", "{on}α 无定义：{a}。"),
    ("Apart from {e}, whose low alpha prevalence explains, the lowest alpha is that of {a}: {b}; the highest that of {c}: {d}.",
     "除 {e}（其 α 低可由评分集中于一类解释）外，α 最低的是“{a}”：{b}；最高的是“{c}”：{d}。"),
    ("Apart from {e}, whose low alpha prevalence explains, the lowest alpha is that of {a}: {b}.",
     "除 {e}（其 α 低可由评分集中于一类解释）外，α 最低的是“{a}”：{b}。"),
    ("The lowest alpha is that of {a}: {b}; the highest that of {c}: {d}.", "α 最低的是“{a}”：{b}；最高的是“{c}”：{d}。"),
    ("Yet raters agree{on} in {a} of pairs, and Gwet's AC1 is {b}: nearly all ratings are in one category, and alpha asks about the few others.",
     "但质检员{on}在 {a} 的评分对上一致，Gwet AC1 为 {b}：几乎所有评分都在同一类，而 α 考察的是少数其他评分。"),
    ("Krippendorff's alpha ({a}){on} is {v}.", "{on}Krippendorff α（{a}）为 {v}。"),
    # the form
    ("The answer{on} that raters see least alike is {a}: kappa against all others is {b}; most alike is {c} with {d}.",
     "{on}分歧最大的选项是“{a}”：对其余选项的 kappa 为 {b}；最一致的是“{c}”：{d}。"),
    ("Without {a} alpha{on} is {b}: this rater alone keeps it below {c}.", "去掉 {a} 后{on}α 为 {b}：仅这名质检员就使其低于 {c}。"),
    ("Without {a} alpha{on} is {b}: whether this rater alone keeps it below {c} cannot be told from so few ratings.",
     "去掉 {a} 后{on}α 为 {b}：评分太少，无法判断是否仅这名质检员使其低于 {c}。"),
    ("Raters{on} fall into {a} groups without a unit that two of them share: {b}.", "质检员{on}分成 {a} 组，组间没有共同评分的会话：{b}。"),
    ("Who of different groups is stricter is known only if each group has the same mix of strict and lenient raters, and of units.",
     "只有各组质检员的宽严与会话构成相同，才能比较不同组的人谁更严格。"),
    ("Whoever is left out, alpha{on} stays below {a} (highest without {b}: {c}), and {d} of {e} pairs of raters stay below it too: no single rater is the reason.",
     "无论去掉谁，{on}α 都低于 {a}（去掉 {b} 时最高：{c}），{e} 对质检员中也有 {d} 对低于它：原因不在某一名质检员。"),
    ("Whoever is left out, alpha{on} stays below {a} (highest without {b}: {c}): no single rater is the reason.",
     "无论去掉谁，{on}α 都低于 {a}（去掉 {b} 时最高：{c}）：原因不在某一名质检员。"),
    ("Look at the wording of the criterion, at what raters were taught about it, and at how often each level occurs.",
     "请检查指标措辞、对质检员的培训，以及各等级出现的频率。"),
    ("{a} is least like the others{on}: without this rater alpha rises by {b}.", "{on}与他人最不一致的是 {a}：去掉后 α 上升 {b}。"),
    # severity
    ("Strictest{on} is {a}: the others rate the same units higher by {b} ({n} raters are stricter than the others beyond chance).",
     "{on}最严格的是 {a}：其他人对相同会话的评分高出 {b}（共有 {n} 名质检员比其他人严格，超出偶然）。"),
    ("Strictest{on} is {a}: the others rate the same units higher by {b}.", "{on}最严格的是 {a}：其他人对相同会话的评分高出 {b}。"),
    ("Most lenient{on} is {a}: severity {b} ({n} raters are more lenient than the others beyond chance).",
     "{on}最宽松的是 {a}：严格度 {b}（共有 {n} 名质检员比其他人宽松，超出偶然）。"),
    ("Most lenient{on} is {a}: severity {b}.", "{on}最宽松的是 {a}：严格度 {b}。"),
    ("No rater's severity{on} can be told from the others' on its own: each interval, which holds for all raters at once, includes 0.",
     "{on}无法单独断定哪名质检员的严格度与他人不同：每个区间（对所有质检员同时成立）都包含 0。"),
    ("The p is that of all raters together; whose severity differs, the intervals of single raters do not say.",
     "此 p 值针对所有质检员整体；各质检员的区间并不说明是谁的严格度不同。"),
    ("Chance may explain the differences in severity.", "严格度的差异可由偶然解释。"),
    ("Who is strict{on} cannot be said: that takes a rater with at least {a} units that others rated too, and differences that vary.",
     "{on}无法判断谁更严格：这需要至少有 {a} 条与他人共同评分的会话，且差值有变化。"),
    ("If all raters were equally strict{on}, the reliability of a single rating (ICC) would be {a} in place of {b}.",
     "若所有质检员{on}同样严格，单次评分的信度（ICC）将为 {a}，而不是 {b}。"),
    ("Raters differ in severity with a standard deviation of {a}, units with {b}; a single score errs by {c}{on}; the largest errors of one's own are those "
     "of {d}: {e}.", "{on}质检员严格度的标准差为 {a}，会话间为 {b}，单次评分误差为 {c}；自身误差最大的是 {d}：{e}。"),
    ("Raters differ in severity with a standard deviation of {a} (p {p}), units with {b}; a single score errs by {c}{on}; the largest errors of one's own "
     "are those of {d}: {e}.", "{on}质检员严格度的标准差为 {a}（p {p}），会话间为 {b}，单次评分误差为 {c}；自身误差最大的是 {d}：{e}。"),
    ("Raters differ in severity with a standard deviation of {a} (p {p}), units with {b}; a single score errs by {c}{on}.",
     "{on}质检员严格度的标准差为 {a}（p {p}），会话间为 {b}，单次评分误差为 {c}。"),
    ("No difference between raters is seen: their variance is estimated as 0{on}; the largest errors of one's own are those of {d}: {e}.",
     "{on}看不出质检员之间的差异：其方差估计为 0；自身误差最大的是 {d}：{e}。"),
    ("No difference between raters is seen: their variance is estimated as 0{on}.", "{on}看不出质检员之间的差异：其方差估计为 0。"),
    # errors, chance
    ("Most erratic{on} is {a}: the difference to the others has a variance of {b}, that of the median rater {c} ({n} raters lie above that beyond chance).",
     "{on}最不稳定的是 {a}：与他人差值的方差为 {b}，中位质检员为 {c}（共有 {n} 名质检员超出，超出偶然）。"),
    ("Most erratic{on} is {a}: the difference to the others has a variance of {b}, that of the median rater {c}.",
     "{on}最不稳定的是 {a}：与他人差值的方差为 {b}，中位质检员为 {c}。"),
    ("Who answers at random{on} cannot be told of {a} of {b} raters, whose correlation with the others' mean may be 0, as at random ({c}; and {d} more).",
     "{on}{b} 名质检员中有 {a} 名无法判断是否随意作答，其与他人平均分的相关可能为 0，即随意作答时的值（{c}；另有 {d} 名）。"),
    ("Who answers at random{on} cannot be told of {a} of {b} raters, whose correlation with the others' mean may be 0, as at random ({c}).",
     "{on}{b} 名质检员中有 {a} 名无法判断是否随意作答，其与他人平均分的相关可能为 0，即随意作答时的值（{c}）。"),
    ("None of the {n} raters of whom it can be said answers at random{on}: the lowest correlation with the others' mean is that of {a}, {b}; at random it is 0.",
     "{on}可作判断的 {n} 名质检员中没有人随意作答：与他人平均分相关最低的是 {a}，{b}；随意作答时为 0。"),
    ("Nobody answers at random{on}: the lowest correlation with the others' mean is that of {a}, {b}; at random it is 0.",
     "{on}没有人随意作答：与他人平均分相关最低的是 {a}，{b}；随意作答时为 0。"),
    ("{a}{on} cannot be told from answering at random: the correlation with the others' mean is {b}, that of the median rater {c}; at random it is 0.",
     "{a}{on}的作答与随意作答无法区分：与他人平均分的相关为 {b}，中位质检员为 {c}；随意作答时为 0。"),
    ("{a}{on} is near answering at random: the correlation with the others' mean is {b}, that of the median rater {c}; at random it is 0.",
     "{a}{on}的作答近于随意：与他人平均分的相关为 {b}，中位质检员为 {c}；随意作答时为 0。"),
    # drift
    ("{a} drifts{on}, to be stricter: from the first unit to the last severity against the others changes by {b}.",
     "{a}{on}逐渐变严：从第一条到最后一条，相对他人的严格度变化 {b}。"),
    ("{a} drifts{on}, to be more lenient: from the first unit to the last severity against the others changes by {b}.",
     "{a}{on}逐渐变宽：从第一条到最后一条，相对他人的严格度变化 {b}。"),
    ("No rater's drift{on} can be told from chance.", "{on}没有质检员的漂移超出偶然。"),
    ("{a} turned stricter{on} at {b} (between {c} and {d}): the rating less the others' mean was {e} and is {f} since, adjusted p {p}.",
     "{a}{on}自 {b} 起变严（在 {c} 与 {d} 之间）：评分减他人平均分由 {e} 变为 {f}，校正 p {p}。"),
    ("{a} turned more lenient{on} at {b} (between {c} and {d}): the rating less the others' mean was {e} and is {f} since, adjusted p {p}.",
     "{a}{on}自 {b} 起变宽（在 {c} 与 {d} 之间）：评分减他人平均分由 {e} 变为 {f}，校正 p {p}。"),
    ("Each line is a moving average that weighs the newest rating most (EWMA).", "每条线是越新权重越大的移动平均（EWMA）。"),
    ("The band is where it stays if nothing changes; a dot stands where it goes outside, which without any change happens once in {a} ratings.",
     "色带是没有变化时应处的范围；圆点表示越出之处，没有任何变化时平均每 {a} 次评分才会出现一次。"),
    ("{a} of {b} outside; change at {c}", "{b} 次中 {a} 次越出；于 {c} 改变"),
    ("{a} of {b} outside", "{b} 次中 {a} 次越出"),
    # gains, change, gold
    ("The mean of {a} raters reaches a dependability of {b}{on} ({c}); a single rating has {d}.", "{on}{a} 名质检员的平均分可靠度达到 {b}（{c}）；单次评分为 {d}。"),
    ("Even the mean of {a} raters does not reach a dependability of {b}{on}: {c}; a single rating has {d}.",
     "{on}即使 {a} 名质检员的平均分，可靠度也达不到 {b}：{c}；单次评分为 {d}。"),
    ("To know alpha{on} to within {a} ({b}) takes about {c} units that two raters each rate; this study has {d} units rated twice or more.",
     "要使{on}α 精确到 {a} 以内（{b}），约需 {c} 条由两名质检员评分的会话；本研究有 {d} 条被评两次以上。"),
    ("How many units two raters must each rate to know alpha{on} to within {a} cannot be said: {b}.",
     "无法判断要使{on}α 精确到 {a} 以内需要多少条由两名质检员评分的会话：{b}。"),
    ("Who is strict, drifts or answers at random, which pairs agree, whether low agreement is one rater's doing, and what leaving a rater "
     "out would bring cannot be said: the raters are anonymous.", "质检员匿名，无法判断谁偏严、漂移或随意作答，哪些人彼此一致，一致性低是否因某一人，以及去掉某人会怎样。"),
    ("Who is strict, drifts or answers at random cannot be said: that needs numbers, but the ratings are text.",
     "评分是文字而非数字，无法判断谁偏严、漂移或随意作答。"),
    ("How many raters a reliability takes, and raters' severities and errors in one model, are not computed above {a} units: g_study and rater_effects do, "
     "in their time.", "会话超过 {a} 条时，不计算达到某信度所需的质检员数及模型中的严格度与误差：可用 g_study 与 rater_effects 计算。"),
    ("Pairs of raters are not compared above {a} raters: pairwise_agreement does.", "质检员超过 {a} 名时不作两两比较：可用 pairwise_agreement 计算。"),
    ("Whether raters drift cannot be said without the order in which units were rated.", "没有评分的先后次序，无法判断质检员是否漂移。"),
    ("How far raters are from an expert, and how often they are aligned, cannot be said: no gold standard was given.",
     "没有标准答案，无法判断质检员与专家相差多少、有多少次一致。"),
    ("Of ratings with more than {a} values raters are compared with {b} by their absolute deviation, not by accuracy and kappa of each: raters_against_gold, lin_ccc and prmse compare them.",
     "取值多于 {a} 个的评分，只用绝对偏差把质检员与 {b} 比较，不逐人给出准确率和 kappa：请用 raters_against_gold、lin_ccc 和 prmse。"),
    ("Alpha{on} was {a} and is {b}: a change of {c} since the previous study, which chance explains.", "{on}α 由 {a} 变为 {b}：与上次相比变化 {c}，可由偶然解释。"),
    ("Alpha{on} rose since the previous study: it was {a} and is {b}, a change of {c}, beyond chance.", "{on}α 比上次上升：由 {a} 变为 {b}，变化 {c}，超出偶然。"),
    ("Whether alpha{on} has changed since the previous study cannot be said: {a}.", "无法判断{on}α 与上次相比是否变化：{a}。"),
    ("No rater's severity has changed since the previous study beyond what chance explains.", "没有质检员的严格度与上次相比的变化超出偶然。"),
    ("Alpha{on} fell since the previous study: it was {a} and is {b}, a change of {c}, beyond chance.", "{on}α 比上次下降：由 {a} 变为 {b}，变化 {c}，超出偶然。"),
    ("Whether agreement{on} has changed cannot be said: the previous study did not have it.", "无法判断{on}一致性是否变化：上次研究没有此项。"),
    ("{a} has become stricter{on} since the previous study: severity changed by {b}, adjusted p {p}.", "{a}{on}比上次更严格：严格度变化 {b}，校正 p {p}。"),
    ("{a} has become more lenient{on} since the previous study: severity changed by {b}, adjusted p {p}.", "{a}{on}比上次更宽松：严格度变化 {b}，校正 p {p}。"),
    ("Least like {a}{on} is {b}: Cohen's kappa with quadratic weights is {c}, that of the median rater {d}.",
     "{on}与 {a} 最不一致的是 {b}：二次加权 Cohen kappa 为 {c}，中位质检员为 {d}。"),
    ("Least like {a}{on} is {b}: Cohen's kappa is {c}, that of the median rater {d}.", "{on}与 {a} 最不一致的是 {b}：Cohen kappa 为 {c}，中位质检员为 {d}。"),
    ("Furthest from {a}{on} is {b}: the absolute deviation is {c} on average, that of the median rater {d}.",
     "{on}与 {a} 相差最远的是 {b}：平均绝对偏差为 {c}，中位质检员为 {d}。"),
    ("Absolute deviation is from {a}, without regard to its direction.", "绝对偏差相对于{a}，不计方向。"),
    ("Neither it nor alignment allows for chance: a rater who always gives the commonest answer looks well aligned.",
     "它与一致率都不扣除偶然：总是给出最常见答案的质检员也会显得一致。"),
    ("the mean of the others", "其他人的平均分"),
    # notes of the calibration page
    ("“At least” is the best class of Landis and Koch's scale that alpha reaches with a probability of 95% (Gwet).",
     "“至少”指 α 以 95% 的概率达到的 Landis–Koch 最高等级（Gwet）。"),
    ("Verdicts hold for all criteria at once; {a} is the least that Krippendorff asks of data for tentative conclusions.",
     "结论对所有指标同时成立；{a} 是 Krippendorff 对初步结论所要求的下限。"),
    ("“Raters for {a}” is of how many raters the mean reaches a dependability of {b}.", "“达到 {a} 的质检员数”指平均分可靠度达到 {b} 所需的质检员数。"),
    ("Each holds for all raters of all criteria at once; criteria stand in brackets.", "每条对所有指标的所有质检员同时成立；括号内为指标。"),
    ("Intervals hold for all raters of all criteria at once.", "区间对所有指标的所有质检员同时成立。"),
    ("Kappa is Cohen's; above the nominal level it has quadratic weights, by which near misses are no full disagreement.",
     "kappa 为 Cohen kappa；名义尺度以上采用二次加权，相近的评分不算完全不一致。"),
    ("Accuracy is the share of equal ratings and does not allow for chance.", "准确率是评分相同的比例，不扣除偶然。"),
    ("Intervals of the change and p allow for the number of criteria (Bonferroni, Holm).", "变化的区间与 p 值已按指标个数校正（Bonferroni、Holm）。"),
    ("Adjusted p allows for the number of tests of its question (Holm).", "校正 p 值已按同一问题的检验个数校正（Holm）。"),
    ("Shown are those; all are in the table tests of the study.", "只列出这些；全部检验见研究的 tests 表。"),
    ("These are not.", "以下检验不低于它。"),
    ("The {n} tests below {c}.", "低于 {c} 的 {n} 个检验。"),
    ("The other {n} tests.", "其余 {n} 个检验。"),
    ("{a} of {b} tests are below {c} when adjusted.", "{b} 个检验中有 {a} 个校正后低于 {c}。"),
    ("Do raters agree better than chance would?", "质检员的一致是否好于偶然？"),
    ("Has alpha changed since the previous study?", "α 与上次相比是否变化？"),
    ("Do raters differ in severity?", "质检员的严格度是否不同？"),
    ("Does the rater agree with the others better than at random?", "该质检员与他人的一致是否好于随意作答？"),
    ("Did the rater change against the others?", "该质检员相对他人是否改变？"),
    ("Has the rater's severity changed since the previous study?", "该质检员的严格度与上次相比是否变化？"),
    # method of the calibration page
    ("Agreement is Krippendorff's alpha on the level that stands with it; units rated once carry none.",
     "一致性为 Krippendorff α，测量尺度随之注明；只评一次的会话不提供一致性信息。"),
    ("Sentences are picked out of many figures.", "文中各句选自大量数字。"),
    ("The intervals in those of one kind hold for all raters of all criteria, or for all criteria, at once (Bonferroni), and so are wider than intervals "
     "in tables that do not say so.", "同类语句中的区间对所有指标的所有质检员（或所有指标）同时成立（Bonferroni），因此比未作此说明的表中区间更宽。"),
    ("A rater is called at or near random where the whole interval of the correlation with the others lies below half the median rater's; erratic where "
     "the interval of the spread lies above the median rater's.",
     "当与他人相关的整个区间低于中位质检员的一半时，称为近于随意；当离散程度的区间高于中位质检员时，称为不稳定。"),
    ("Drift is the slope of severity on the place in the order of rating, with bias-reduced errors: a straight line, not a sudden change.",
     "漂移是严格度对评分次序的斜率，采用偏差校正的标准误：描述的是直线趋势，而不是突变。"),
    ("The model of units and raters (REML) takes both as random: severities are shrunken towards the mean of these raters, and each rater has errors of "
     "an own size.", "会话与质检员的模型（REML）将两者视为随机：严格度向这些质检员的均值收缩，每名质检员有各自大小的误差。"),
    ("Control charts are exponentially weighted moving averages about each rater's own mean; points of change are tested by permutation, adjusted for all "
     "raters of all criteria (Holm).", "控制图是围绕各质检员自身均值的指数加权移动平均；变点用置换检验，并对所有指标的所有质检员校正（Holm）。"),
    ("Changes of severity are differences of means; units in both studies are clusters, so that what they share does not count twice.",
     "严格度的变化是均值之差；两次研究中的同一会话视为一个群，共同部分不重复计算。"),
    ("Dependability is that of scores as they stand; {a} is what plans are to reach.", "可靠度针对评分本身；方案的目标为 {a}。"),
    ("Raters count as a sample of more.", "质检员视为更多质检员的样本。"),
    ("The number of double-scored units comes from the spread of alpha's influence values, two ratings of each unit taken at random, several times.",
     "双评会话数由 α 的影响值的离散程度得出，每条会话随机取两次评分，重复多次。"),
    ("All standard errors of agreement come from influence values through one variance engine.", "一致性的所有标准误都由影响值经同一个方差引擎得出。"),
    ("{a} criteria, {b} units, {c} raters, {d} ratings, no gaps", "{a} 个指标，{b} 条会话，{c} 名质检员，{d} 次评分，无缺失"),
    ("{a} criteria, {b} units, {c} raters, {d} ratings, gaps", "{a} 个指标，{b} 条会话，{c} 名质检员，{d} 次评分，有缺失"),
    ("{b} units, anonymous raters, {d} ratings, 1 or more ratings a unit, categories {f}", "{b} 条会话，匿名质检员，{d} 次评分，每条 1 次或多次，取值 {f}"),
    ("{b} units, {c} raters{e}, {d} ratings, no gaps, categories {f}", "{b} 条会话，{c} 名质检员{e}，{d} 次评分，无缺失，取值 {f}"),
    ("{b} units, {c} raters, {d} ratings, no gaps, categories {f}", "{b} 条会话，{c} 名质检员，{d} 次评分，无缺失，取值 {f}"),
    ("{b} units, {c} raters{e}, {d} ratings, gaps, categories {f}", "{b} 条会话，{c} 名质检员{e}，{d} 次评分，有缺失，取值 {f}"),
    ("{b} units, {c} raters, {d} ratings, gaps, categories {f}", "{b} 条会话，{c} 名质检员，{d} 次评分，有缺失，取值 {f}"),
    # studies
    ("What to know before using these figures.", "使用这些数字之前须知。"),
    ("{a} conversations, {b} conversations drawn, rubric {c}", "{a} 条会话，抽取 {b} 条，评分表 {c}"),
    ("{a} conversations, {b} conversations drawn", "{a} 条会话，抽取 {b} 条"),
    ("{a} conversations, rubric {c}", "{a} 条会话，评分表 {c}"),
    ("{a} conversations", "{a} 条会话"),
    ("rubric {c}", "评分表 {c}"),
    ("{a} of {b} drawn conversations have a survey ({c}): what is related to satisfaction speaks for customers who answer",
     "抽取的 {b} 条会话中有 {a} 条带满意度调查（{c}）：与满意度有关的结论只代表作答的客户"),
    ("{a} of {b} evaluated conversations have a survey ({c}): what is related to satisfaction speaks for customers who answer",
     "被评的 {b} 条会话中有 {a} 条带满意度调查（{c}）：与满意度有关的结论只代表作答的客户"),
    ("{a} surveys belong to none of the conversations", "{a} 份调查不属于任何会话"),
    ("{a} evaluations cannot be scored: nothing in them applies", "{a} 份评分无法计分：没有任何适用项"),
    ("{a} conversations have no {b}; its figures speak for the others", "{a} 条会话没有 {b}；有关数字只代表其余会话"),
    ("{a} evaluated conversations are not in the drawn sample: they count in the calibration, not in the estimates",
     "{a} 条被评会话不在抽取的样本中：计入校准，不计入估计"),
    ("{a} evaluated conversations are not among the conversations: left out of the estimates", "{a} 条被评会话不在会话文件中：不计入估计"),
    ("{a} drawn conversations were not evaluated: estimates speak for all as if these were like the others of the sample",
     "抽取的会话中有 {a} 条未被评分：估计时视其与样本中其他会话相同"),
    ("No drawn conversation was evaluated: nothing can be estimated for the population", "抽取的会话均未评分：无法对总体作出估计"),
    ("The evaluated conversations were not drawn by a plan: estimates treat them as a simple random sample, which they may not be",
     "被评会话不是按计划抽取的：估计时视为简单随机样本，但未必如此"),
    ("No conversation was evaluated in {a}: estimates of scores do not speak for it", "{a} 中没有会话被评分：得分估计不代表它"),
    ("No scored conversation has a survey in {a}: what is related to satisfaction does not speak for it", "{a} 中被评分的会话都没有问卷：与满意度的关系不代表它"),
    ("Stratum {a} holds {b}, less than the minimum {c}: it is taken whole", "层 {a} 只有 {b} 条，少于最小数 {c}：全部抽取"),
    ("Nothing was drawn in {a}: estimates do not speak for it", "{a} 中没有抽取会话：估计不代表它"),
    ("No interval of {a}: one conversation alone has a value in {b}; add \"single_unit: average\" (or adjust, certainty) to \"sample\" in {c}",
     "{a} 没有区间：{b} 中只有一条会话有数值；请在 {c} 的 \"sample\" 中加上 \"single_unit: average\"（或 adjust、certainty）"),
    ("No interval of {a}: {b}", "{a} 没有区间：{b}"),
    ("No value of {a}: {b}", "{a} 没有数值：{b}"),
    ("{a} ids of {b} are written otherwise in {c}, \"{d}\" there \"{e}\" ({f}): they are not matched",
     "{b} 中有 {a} 个编号在 {c} 中写法不同（“{d}”在那里是“{e}”；{f}）：未能配对"),
    ("Raters differ on whether a criterion applies: conversations by criterion {a}; a rating of \"not applicable\" has no part in the agreement on the "
     "criterion itself", "质检员对指标是否适用意见不一，各指标的会话数：{a}；“不适用”不计入该指标本身的一致性"),
    ("{a} of {b} conversations were drawn from {c} strata ({d} allocation).", "从 {c} 个层的 {b} 条会话中抽取了 {a} 条（{d}分配）。"),
    ("Each conversation's chance of being drawn is known.", "每条会话被抽中的概率都是已知的。"),
    ("{a} strata had no chance: no figure speaks for them.", "有 {a} 个层没有机会被抽中：任何数字都不代表它们。"),
    ("Strata of the population, and what is drawn from each; the first {a} of {b}, all are in plan.csv", "总体的各层及各层抽取数；共 {b} 层，列出前 {a} 层，全部见 plan.csv"),
    ("Strata of the population, and what is drawn from each", "总体的各层及各层抽取数"),
    ("These are known for every conversation, so each estimate from the sample stands beside the truth.", "这些量对每条会话都是已知的，因此样本估计可与真值对照。"),
    ("About {a} intervals in a hundred miss it by chance; figures that share conversations miss together.",
     "一百个区间中约有 {a} 个因偶然不含真值；共用会话的数字会一起偏离。"),
    ("Estimated for the whole population from the evaluated conversations.", "由被评会话对全部会话作出的估计。"),
    ("A diamond marks the known true value.", "菱形表示已知的真值。"),
    ("Of the evaluated conversations.", "针对被评会话。"),
    ("Missing values.", "缺失值。"),
    ("{a}: {b} conversations without a value are left out", "{a}：略去 {b} 条没有数值的会话"),
    ("Each interval in this list holds for all criteria and raters at once, and so is wider than those below.",
     "本列表中的每个区间对所有指标与质检员同时成立，因此比下面的更宽。"),
    ("Intraclass correlations are undefined: {a}.", "组内相关系数无定义：{a}。"),
    ("The others' mean minus the rater's, on the conversations they share.", "在共同评分的会话上，他人平均分减该质检员平均分。"),
    ("Above 0 is stricter than the others.", "大于 0 表示比其他人严格。"),
    ("A correlation says that two things go together, not that one makes the other.", "相关只说明两者同向变化，不说明因果。"),
    ("More coefficients are in {a}.", "更多系数见 {a}。"),
    ("Stratified random sample by permanent random numbers: a hash of the seed and the conversation's id, so that anyone can draw the same sample again.",
     "按永久随机数分层随机抽样：随机数由种子与会话编号散列而得，任何人都能重新抽出同一样本。"),
    ("Estimates weight each conversation by the inverse of its chance of being drawn; intervals allow for strata and the finite population.",
     "估计按入样概率的倒数对会话加权；区间考虑了分层与有限总体。"),
    ("A conversation with several evaluations counts once, with their mean.", "有多次评分的会话按平均分计一次。"),
    ("Agreement is corrected for chance; its intervals treat the conversations as independent.", "一致性已扣除偶然；其区间视会话相互独立。"),
    ("Pairs are joined on ids that are unique on both sides; conversations without a survey are left out.", "按两边唯一的编号配对；没有调查的会话不计入。"),
    ("All standard errors come from influence values through one variance engine.", "所有标准误都由影响值经同一个方差引擎得出。"),
    ("The sample was drawn {a} times more, each with another seed.", "又用不同的种子抽样 {a} 次。"),
    ("This is how often the interval held the truth.", "以下是区间包含真值的比例。"),
    ("A mean of very skewed values, as handle times are, needs larger samples than a share does before its interval keeps its word.",
     "像处理时长这样极偏斜的数值，其均值需要比比例更大的样本，区间才名副其实。"),
    # scores and satisfaction
    ("Conversations with higher {a} have higher {b}: {v}", "{a} 较高的会话，{b} 也较高：{v}"),
    ("Conversations with higher {a} have lower {b}: {v}", "{a} 较高的会话，{b} 反而较低：{v}"),
    ("That {a} and {b} have anything to do with each other is not shown: {v}", "没有显示 {a} 与 {b} 有关：{v}"),
    ("What the interval holds is not ruled out either.", "但区间内的数值也不能排除。"),
    ("No correlation of {a} and {b}: {c}.", "{a} 与 {b} 的相关无定义：{c}。"),
    ("{a} correlation of {b} and {c} is {v}.", "{b} 与 {c} 的 {a} 相关为 {v}。"),
    ("Within agents: {a}.", "坐席内：{a}。"),
    ("Between agents: {a}.", "坐席间：{a}。"),
    ("Within agents and between them the signs differ: the figure for all answers neither question.", "坐席内与坐席间的方向相反：总的数字对两个问题都不能回答。"),
    ("Within agents and between them the signs differ.", "坐席内与坐席间的方向相反。"),
    ("The design takes conversations of one agent for independent, and errors are too small where they are not: make it with the agents as cluster=.",
     "该抽样设计把同一坐席的会话视为相互独立；若并非如此，误差就偏小：请把坐席设为 cluster=。"),
    ("With {a} agents take the limits between them for rough: 95% limits held 87 to 90% of the time in simulations with 6 to 20 agents of unequal "
     "size; from {b} on they are nearly what they say.",
     "只有 {a} 名坐席，坐席间的区间只能当作粗略值：模拟中 6 至 20 名坐席、会话数不等时，95% 区间只有 87% 至 90% 的时候包含真值；{b} 名起才大致名副其实。"),
    ("Errors take conversations that share {a} for dependent.", "误差视 {a} 相同的会话为相互关联。"),
    ("The correlations of the parts of {a} are alike as far as can be seen (F, p {p}).", "{a} 各部分的相关看不出差别（F，p {p}）。"),
    ("The correlations of the parts of {a} differ as far as can be seen (F, p {p}).", "看来 {a} 各部分的相关不同（F，p {p}）。"),
    ("Whether the parts of {a} differ cannot be tested.", "无法检验 {a} 各部分是否不同。"),
    ("No part of {a} differs from the rest beyond chance (Holm).", "{a} 中没有哪一部分与其余部分的差异超出偶然（Holm）。"),
    ("Another one than the rest have: {a} (Holm).", "与其余部分不同的是：{a}（Holm）。"),
    ("{a} of {b} criteria go with {c} beyond chance ({d} at {e}): {f}.", "{b} 个指标中有 {a} 个与 {c} 的关系超出偶然（{d}，{e}）：{f}。"),
    ("{a} of {b} criteria go with {c} beyond chance ({d} at {e}).", "{b} 个指标中有 {a} 个与 {c} 的关系超出偶然（{d}，{e}）。"),
    ("{a} of {b} criteria go with {c} (p below {d} each, not adjusted): {f}.", "{b} 个指标中有 {a} 个与 {c} 有关（各自 p 低于 {d}，未校正）：{f}。"),
    ("{a} of {b} criteria go with {c} (p below {d} each, not adjusted).", "{b} 个指标中有 {a} 个与 {c} 有关（各自 p 低于 {d}，未校正）。"),
    ("Together they explain {v}.", "它们共解释 {v}。"),
    ("Without the raters' error Pearson's correlation would be {v}.", "若没有评分误差，Pearson 相关将为 {v}。"),
    ("What the raters' error hides cannot be said: {a}.", "无法说明评分误差掩盖了多少：{a}。"),
    ("Two scales may stand in one column: {a} values of {b} lie between 0 and 1, {c} above 10, and none between.",
     "同一列中可能有两种分制：{b} 有 {a} 个值在 0 与 1 之间，{c} 个大于 10，其间没有。"),
    ("Share who answered {a} is {v}.", "{a} 的应答比例为 {v}。"),
    ("Had the silent ones all said {a}, or all {b}, mean {c} would be {d} or {e} in place of {f}; the correlations are those of who answered.",
     "若未作答者都给 {a} 或都给 {b}，{c} 的均值将为 {d} 或 {e}，而不是 {f}；相关只针对作答者。"),
    ("After weights for who did not answer, mean {a} is {b}, and the correlation {c}.", "对未作答者加权后，{a} 的均值为 {b}，相关为 {c}。"),
    ("{a} of {b} answered; each answer counts the inverse of its propensity, fitted from {c}.", "{b} 名客户中 {a} 名作答；每份回答按作答倾向的倒数计权，拟合值为 {c}。"),
    ("After weights they vary as {a} answers would.", "加权后的波动相当于 {a} 份回答。"),
    ("It holds if customers alike in what the model knows answer alike, whatever they felt.", "前提是模型所知特征相同的客户，无论感受如何，作答的可能相同。"),
    ("Where one person gave both: {a}; where two did: {b}; part of it is the person (halo), not the conversation: take the second.",
     "两者出自同一人时：{a}；出自两人时：{b}；其中一部分来自这个人（光环效应）而非会话：应取后者。"),
    ("Where one person gave both: {a}; where two did: {b}; that the person matters is not shown.", "两者出自同一人时：{a}；出自两人时：{b}；没有显示与人有关。"),
    ("{a} is {b}; nothing can be said of its uncertainty: {c}.", "{a} 为 {b}；其不确定性无法说明：{c}。"),
    ("No weights for who did not answer: {a}.", "未对未作答者加权：{a}。"),
    ("Where one person gave both numbers they go together more: part of that is the person (halo), not the conversation.",
     "两个数字出自同一人时更趋一致：其中一部分来自这个人（光环效应）而非会话。"),
    ("Take the correlation where two people gave them.", "应取出自两人的相关。"),
    ("The line is that of the means.", "直线为各均值的回归线。"),
    ("Within agents satisfaction goes the other way: {v}", "坐席内满意度的方向相反：{v}"),
    ("Factors above {a} were cut: {b} of {c}.", "高于 {a} 的权重已截断：{c} 份中的 {b} 份。"),
    ("{a} of {b} answered; each answer counts the inverse response rate of its class of {d}, fitted from {c}.",
     "{b} 名客户中 {a} 名作答；每份回答按其所在 {d} 类的应答率的倒数计权，拟合值为 {c}。"),
    ("No shares: {a}.", "无法计算比例：{a}。"),
    ("Standard errors come from influence values through one variance engine.", "标准误由影响值经同一个方差引擎得出。"),
    ("Correlations are those of conversations whose customers answered.", "相关只针对客户作答的会话。"),
    ("A share of explained variance says what goes with satisfaction, not what changing it would bring.", "解释的方差比例说明什么与满意度相伴，而不说明改变它会带来什么。"),
    *REASONS,
)  # fmt: skip

LABELS: dict[str, str] = {
    "Calibration of raters": "质检员校准", "Scores and satisfaction": "质检得分与满意度", "Quality study": "质检研究",
    "A simulated contact centre": "模拟呼叫中心", "qascore on real data": "qascore：真实数据",
    "A calibration study, two samples of known populations, quality against satisfaction": "校准研究、两个已知总体的抽样、质量与满意度",
    "Mean score": "平均得分", "Share that passed": "合格率", "Agreement": "一致性", "Overall": "总体", "All": "全部",
    "Who was drawn": "抽取了哪些会话", "Does the sample look like the whole?": "样本像总体吗？", "What the scores say": "得分说明什么",
    "Do the raters agree, criterion by criterion?": "质检员在各指标上是否一致？", "Do the raters agree on what applies?": "质检员对是否适用的看法一致吗？",
    "Do the raters agree on the score?": "质检员对得分的看法一致吗？", "Do the raters agree?": "质检员是否一致？",
    "Do scores go with what customers say?": "得分与客户评价是否一致？", "Severity": "严格度", "All, and by group": "全部及分组",
    "Scores of all evaluations": "全部评分的得分分布", "Krippendorff's alpha": "Krippendorff α", "alpha": "α", "kappa": "kappa",
    "least for tentative conclusions": "初步结论的下限", "Severity of the raters": "质检员的严格度", "severity": "严格度",
    "as strict as the others": "与其他人同样严格", "Severity by rater and criterion": "各质检员在各指标上的严格度", "Correlation": "相关",
    "Other coefficients: two ratings agree where they are equal": "其他系数：评分相同才算一致",
    "Intraclass correlations: of one rating (1), of the mean of all raters (k)": "组内相关系数：单次评分（1）、全体质检员的平均（k）",
    "population": "总体", "drawn": "抽取", "probability": "概率", "taken whole": "全部抽取", "yes": "是", "(missing)": "（缺失）",
    "coefficient": "系数", "form": "形式", "value": "数值", "interval": "区间", "criterion": "指标", "rater": "质检员", "raters": "质检员数",
    "units": "会话数", "change": "变化", "before": "之前", "now": "本次", "adjusted p": "校正 p", "verdict": "结论", "at least": "至少",
    "stands out as": "突出之处", "dependability": "可靠度", "estimate": "估计", "method": "方法", "figure": "指标项", "weights": "权重", "answers": "回答",
    "correlation": "相关", "share explained": "解释的比例", "mean": "平均", "spread": "离散程度", "own errors": "自身误差", "at random": "随意作答",
    "change of severity": "严格度的变化", "no drift": "无漂移", "gain of alpha": "α 的增加", "no gain": "无增加", "chance": "偶然",
    "mean of these raters": "这些质检员的均值", "as strict as then": "与上次同样严格", "promised": "承诺值", "score": "得分",
    "what to do": "怎么办", "see why": "查看原因", "nothing now": "暂无", "look at the wording, and how often each level occurs": "检查措辞与各等级出现的频率",
    "rate conversations on which answers differ": "选评答案会有不同的会话", "double-score more conversations": "增加双评会话",
    "double-score more before blaming a rater": "先增加双评，再归因于个人", "look at answers and pairs of raters": "查看各选项与每对质检员",
    "average several raters where one score decides": "单次评分起决定作用时，取多名质检员的平均", "talk first: the ratings may say nothing": "先面谈：评分可能没有信息",
    "talk first: alone keeps alpha low": "先面谈：一人拉低 α", "find out what changed then": "弄清当时有何变化", "find out what changes with time": "弄清随时间有何变化",
    "find out what changed since": "弄清上次以来有何变化", "go through the largest differences together": "一起逐条看差异最大的评分",
    "go through the differences to the gold standard": "逐条看与标准答案的差异", "rate some conversations with the others": "与其他人共评一些会话",
    "what plans are to reach": "方案要达到的目标", "Within agents": "坐席内", "Response": "应答率", "no relation": "无关",
    "Had the silent ones said the least, or the most": "若未作答者都给最低分或最高分",
    "What do raters agree on?": "质检员在哪些方面一致？", "Which criterion, which answer?": "哪个指标、哪个选项有问题？",
    "Which rater is strict, drifts or answers at random?": "哪些质检员偏严、漂移或随意作答？", "What would help?": "怎样改进？",
    "Since the previous study": "与上次研究相比", "Who is like the gold standard?": "谁最接近标准答案？", "The usual figures": "常见指标",
    "Tests against chance": "与偶然的检验", "What cannot be said": "无法说明的内容", "Criteria": "各指标", "Raters": "质检员",
    "How probable each class of Landis and Koch's scale is": "Landis–Koch 各等级的概率",
    "Agreement with the gold standard: mean of the raters' Cohen kappas": "与标准答案的一致性：各质检员 Cohen kappa 的平均",
    "Each answer against all others": "每个选项对其余选项", "Strict or lenient": "偏严或偏宽", "Answers at random, errors": "随意作答与误差", "Drift": "漂移",
    "Severity: the mean of the others minus the rater's, on shared units": "严格度：共同会话上他人平均分减该质检员平均分",
    "Severity in one model of units and raters, shrunken; all intervals hold at once": "会话与质检员模型中的严格度（已收缩）；所有区间同时成立",
    "Correlation with the mean of the others; all intervals hold at once": "与他人平均分的相关；所有区间同时成立",
    "Variance of the difference to the others; all intervals hold at once": "与他人差值的方差；所有区间同时成立",
    "Standard deviation of each rater's own errors, from that model; all intervals hold at once": "由该模型得出的各质检员自身误差的标准差；所有区间同时成立",
    "Growth of severity from the first unit to the last; all intervals hold at once": "从第一条到最后一条严格度的增长；所有区间同时成立",
    "Severity now minus severity in the previous study; all intervals hold at once": "本次严格度减上次严格度；所有区间同时成立",
    "What alpha gains when a rater is left out": "去掉某名质检员后 α 的增加", "Krippendorff's alpha, before and now": "Krippendorff α：上次与本次",
    "Dependability of the mean of several raters of one unit, by their number": "同一会话若干质检员平均分的可靠度（按质检员数）", "Each rater against the gold standard": "各质检员与标准答案",
    "The figures that quality suites show, with intervals": "质检系统常见数字及其区间", "Average": "平均", "Lowest": "最低", "Highest": "最高",
    "Absolute deviation": "绝对偏差", "Alignment": "一致率", "Accuracy": "准确率", "Balanced accuracy": "平衡准确率", "Macro F1": "宏平均 F1",
    "Percent agreement": "一致百分比", "almost perfect": "几乎完全一致", "substantial": "高度", "moderate": "中等", "fair": "一般", "slight": "微弱", "poor": "差",
    "Krippendorff's alpha, nominal": "Krippendorff α（名义）", "reliable": "可靠",
    "tentative": "初步结论", "too few ratings to tell": "评分太少，无法判断", "too low": "过低", "too low for all raters": "对所有质检员都过低", "low, though raters agree": "偏低，但质检员一致", "undefined": "无定义",
    "How strong, how sure": "有多强、多确定", "Within agents or between them": "坐席内还是坐席间", "Which parts differ": "哪些部分不同",
    "Which criteria drive it": "哪些指标与之相伴", "What the raters' error hides": "评分误差掩盖了什么", "One person or two": "一人还是两人",
    "What the response rate allows to say": "应答率允许说明什么", "within": "坐席内", "between": "坐席间", "total": "总体", "answered": "已作答",
    "silent low": "未作答者取最低", "silent high": "未作答者取最高", "propensity": "倾向加权", "after": "加权后",
    "do the intervals keep their word?": "区间名副其实吗？", "Share of intervals that hold the truth": "包含真值的区间比例", "19 raters": "19 名质检员",
    "Service chats": "服务聊天", "Service-desk incidents": "服务台事件", "Quality and satisfaction": "质量与满意度",
    "Calibration of 19 raters (stc3)": "19 名质检员的校准（stc3）",
    "Program": "程序", "Command": "命令", "Seed": "种子", "Study": "研究", "Rubric": "评分表", "Conversations": "会话", "Evaluations": "评分", "Csat": "满意度",
    "Ratings": "评分记录", "Previous": "上次",
}  # fmt: skip

PATTERNS: tuple[tuple[str, str], ...] = (
    ("talk with {a} first", "先与 {a} 面谈"), ("double-score about {a} conversations", "约双评 {a} 条会话"), ("raters for {a}", "达到 {a} 的质检员数"),
    ("Mean {a}", "平均 {a}"), ("Share with {a}", "有 {a} 的比例"), ("by {a}", "按 {a}"), ("truth: {a}", "真值：{a}"), ("Agreement on {a}", "“{a}”的一致性"),
    ("Krippendorff's alpha, {level}", "Krippendorff α（{level}）"), ("Alpha, {a}", "α，{a}"), ("{level} level", "{level}尺度"),
    ("{a}: {b} and {c}", "{a}：{b} 与 {c}"), ("{a} against {b}", "{a} 对 {b}"), ("Alpha of each pair of raters, {a}", "每对质检员的 α：{a}"),
    ("Alpha of each pair of raters", "每对质检员的 α"), ("Rating less the others' mean, in the order of rating, {a}", "评分减他人平均分（按评分次序）：{a}"),
    ("Rating less the others' mean, in the order of rating", "评分减他人平均分（按评分次序）"),
    ("Units that two raters each rate, for alpha to within {a}", "使 α 精确到 {a} 以内所需的双评会话数"), ("too low because of {a}", "因 {a} 而过低"),
    ("{a}, mean of each agent", "{a}：各坐席的平均"), ("severity of {a}", "{a} 的严格度"), ("coverage of {a}", "{a} 的覆盖率"), ("{a}, before", "{a}（加权前）"),
    ("{a}, after", "{a}（加权后）"), ("{a}, change", "{a}（变化）"), ("{a} without the error of measurement", "{a}（排除测量误差）"),
    ("mean {a}, of those who answered", "{a} 的均值（作答者）"), ("mean {a}, silent ones at {b}", "{a} 的均值（未作答者取 {b}）"),
    ("correlation of {b} and {c} within {d}", "{d} 内 {b} 与 {c} 的相关"), ("correlation of {b} and {c} between {d}", "{d} 间 {b} 与 {c} 的相关"),
    ("correlation of {b} and {c}", "{b} 与 {c} 的相关"), ("{a} correlation of {b} and {c}", "{b} 与 {c} 的 {a} 相关"),
    ("share who answered {a}", "{a} 的应答比例"), ("{a} minus the others", "{a} 减其余部分"), ("mean {a}", "{a} 的均值"),
    ("{a} and {b}", "{a} 与 {b}"),
)  # fmt: skip
ABOUT = {
    "strictest": "最严格", "most lenient": "最宽松", "most erratic": "最不稳定", "at or near random answers": "作答近于随意", "drifts": "漂移",
    "changed from a point on": "自某点起改变", "another severity than in the previous study": "严格度与上次不同", "least like the others": "与他人最不一致",
    "keeps alpha low alone": "一人拉低 α", "furthest from the gold standard": "与标准答案相差最远", "least like the gold standard": "与标准答案最不一致",
}  # fmt: skip
LEVELS = {"nominal": "名义", "ordinal": "有序", "interval": "等距", "ratio": "比率", "proportional": "按比例", "equal": "等量", "neyman": "Neyman "}
FIGURES: tuple[tuple[str, str], ...] = (
    (r"(\d[\d.]*)% interval ", r"\1% 区间 "), (r"(?<=\d) to (?=[-−\d])", " 至 "), (r" \(([\d,]+) missing\)", r"（缺失 \1）"),
    (r" ?\((-?[\d.,e-]+ 至 -?[\d.,e-]+)\)", r"（\1）"), (r", (?=\d+(?:\.\d+)?% 区间|n = |p [<=])", "，"),
)  # fmt: skip


WITHIN = r"(?:(?!\.\s+[A-Z\d]|\?\s).)+?"  # a placeholder does not go on into the next sentence


@cache
def _compiled(patterns: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    out = []
    for english, chinese in patterns:
        text = re.escape(english).replace(r"\ ", " ")
        text = text.replace(r"\{on\}", f"(?: on (?P<on>{WITHIN}))?")
        text = re.sub(r"\\\{(\w+)\\\}", lambda name: f"(?P<{name.group(1)}>{WITHIN})", text)
        out.append((re.compile(text, re.DOTALL), chinese))
    return tuple(out)


def _filled(chinese: str, found: re.Match[str]) -> str:
    said = {name: "" if text is None else _figures(text) for name, text in found.groupdict().items()}
    if said.get("on"):
        said["on"] = f"“{said['on']}”"
    return chinese.format(**{name: LEVELS.get(text, LABELS.get(text, text)) if name != "on" else text for name, text in said.items()})


AT_ONCE = "; all intervals hold at once"
COMPOSED = re.compile(r"(?:, (?:before|after|change)| without the error of measurement)$")


def _figures(text: str) -> str:
    """Limits, missing values and p as they stand in a Chinese sentence; a sentence within a sentence too."""
    inner = _match(text, SENTENCES)
    if inner is not None:
        return inner.rstrip("。")
    for english, chinese in FIGURES:
        text = re.sub(english, chinese, text)
    return text


def _match(text: str, patterns: tuple[tuple[str, str], ...]) -> str | None:
    for pattern, chinese in _compiled(patterns):
        found = pattern.fullmatch(text)
        if found is not None:
            return _filled(chinese, found)
    return None


@cache
def sentence(text: str) -> str:
    """The text in Chinese, sentence by sentence; as it is where it has no counterpart."""
    whole = LABELS.get(text) or _match(text, SENTENCES)
    if whole is not None:
        return whole
    for between in (r"\n", r"(?<=[.?]) (?=[A-Z“\d])", r"(?<=:) (?=\S)"):
        parts = re.split(between, text)
        if len(parts) > 1:
            said = [sentence(part) for part in parts]
            if said != parts:
                return ("\n" if between == r"\n" else "").join(one if one != part else f"{one} " for one, part in zip(said, parts, strict=True)).rstrip(" ")
    return label(text)


@cache
def label(text: str) -> str:
    """A title or a label in Chinese; parts between dots one by one."""
    if text in LABELS:
        return LABELS[text]
    if " · " in text:
        return " · ".join(LEVELS.get(part, label(part)) for part in text.split(" · "))
    if ": " in text and (head := text.split(": ", 1))[1] in LABELS:
        return f"{label(head[0])}：{LABELS[head[1]]}"
    named = re.split(r"; ", text)
    if all(re.sub(r" \(.*\)$", "", one) in ABOUT for one in named):
        return "；".join(re.sub(r"^[^(]*?(?= \(|$)", lambda m: ABOUT[m.group(0)], one, count=1) for one in named)
    if f"{text}{AT_ONCE}" in LABELS:
        return LABELS[f"{text}{AT_ONCE}"].split("；")[0]
    tail = COMPOSED.search(text)
    if tail is not None:  # a label within a label
        return (_match(f"…{tail.group(0)}", PATTERNS) or "…").replace("…", label(text[: tail.start()]))
    return _match(text, PATTERNS) or text


SAID: dict[str, Callable[[str], str]] = {
    "text": sentence, "lead": sentence, "caption": sentence, "title": label, "subtitle": sentence, "label": label, "reference_label": label,
    "x_label": label, "y_label": label, "note": sentence, "group": label, "reason": sentence, "undefined": sentence,
}  # fmt: skip
LISTED: dict[str, Callable[[str], str]] = {"items": sentence, "footnotes": sentence, "row_labels": label, "column_labels": label}


def _again(value: Any) -> Any:
    """A record of a report with its texts in Chinese."""
    if isinstance(value, (tuple, list)):
        return tuple(_again(one) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for one in fields(value):
        found = getattr(value, one.name)
        if one.name in SAID and isinstance(found, str) and found:
            changed[one.name] = SAID[one.name](found)
        elif one.name in LISTED and found:
            changed[one.name] = tuple(LISTED[one.name](text) for text in found)
        elif one.name in ("rows", "cells"):
            changed[one.name] = tuple(_row(row) for row in found)
        elif one.name == "provenance":
            changed[one.name] = tuple((label(name), text) for name, text in found)
        elif one.name == "figures":
            changed[one.name] = tuple((label(name), _again(figure)) for name, figure in found)
        elif isinstance(found, (tuple, Figure)):
            changed[one.name] = _again(found)
    return replace(value, **changed)


def _row(row: Any) -> Any:
    if isinstance(row, Row):
        return _again(row)
    cells: list[Cell] = []
    for cell in row:
        cells.append(label(cell) if isinstance(cell, str) else _again(cell) if isinstance(cell, (Figure, Undefined, Link)) else cell)
    return tuple(cells)


def in_language(report: Report, language: str) -> Report:
    """The report as it was composed, in English, or in Chinese ("zh-CN"); names and labels of the user's stay."""
    if check_choice("language", language, LANGUAGES) == report.language:
        return report
    said: Report = _again(report)
    return replace(said, language=language)
