"""What the figures of a page mean, in plain words, by language: the term, and what to know of it."""

from __future__ import annotations

MEANINGS: dict[str, dict[str, tuple[str, str]]] = {
    "interval": {
        "en": ("Interval", "Where the figure may well lie, since only some conversations were looked at. Of a hundred 95% intervals about "
               "five miss. It allows for which conversations were drawn, not for raters who err."),
        "zh-CN": ("区间", "由于只查看了部分会话，数值可能落在的范围。一百个 95% 区间中约有五个不含真值。它只反映抽到哪些会话带来的误差，不包括质检员评分的错误。"),
    },
    "sample": {
        "en": ("Chance of being drawn", "Each conversation's chance of being in the sample. Its inverse says how many conversations it speaks "
               "for; a stratum of which more was drawn counts no more than its share."),
        "zh-CN": ("入样概率", "每条会话被抽中的概率，其倒数表示它代表多少条会话；多抽的层在估计中仍只占其应有的比重。"),
    },
    "estimate": {
        "en": ("Estimate for all conversations", "What all conversations would have on average, had all been evaluated: each evaluated one counts as many "
               "as it speaks for. n is how many were evaluated."),
        "zh-CN": ("对全部会话的估计", "假如全部会话都被评分，平均会是多少：每条被评会话按其所代表的会话数计权。n 为被评会话数。"),
    },
    "alpha": {
        "en": ("Krippendorff's alpha", "How far raters of the same conversation agree beyond what chance alone would give: 1 is full agreement, 0 is chance. "
               "0.800 is asked of data to rely on, 0.667 is the least for tentative conclusions. It says nothing of who is right."),
        "zh-CN": ("Krippendorff α", "不同质检员对同一会话的评分，在扣除偶然一致之后的一致程度：1 为完全一致，0 为偶然水平。0.800 以上可以依靠，0.667 是得出初步结论的下限。它不说明谁是对的。"),
    },
    "coefficients": {
        "en": ("Other coefficients of agreement", "They differ in what they take for chance. Where nearly all ratings are in one category, kappa and alpha ask "
               "about the few others, Gwet's AC about all."),
        "zh-CN": ("其他一致性系数", "它们对“偶然一致”的定义不同。当几乎所有评分都在同一类时，kappa 与 α 考察的是少数其他评分，Gwet AC 考察的是全部。"),
    },
    "icc": {
        "en": ("Intraclass correlation", "The share of the variance of scores that is the conversations' and not the raters'. A: the score itself is used, "
               "C: only the order of conversations; 1: one rater, k: the mean of all."),
        "zh-CN": ("组内相关系数（ICC）", "评分方差中来自会话差异、而非质检员差异的比例。A：使用评分本身；C：只看会话的次序；1：单个质检员；k：全体质检员的平均。"),
    },
    "severity": {
        "en": ("Severity", "The mean of the other raters minus that of the rater, on the conversations they share: above 0 is stricter than the others. It is "
               "against the others, not against the truth."),
        "zh-CN": ("严格度", "在共同评分的会话上，其他质检员的平均分减去该质检员的平均分：大于 0 表示比其他人严格。参照的是其他人，而不是真值。"),
    },
    "benchmark": {
        "en": ("Classes of a scale", "How probable it is that the coefficient lies in each class of Landis and Koch, by its standard error. The names of the "
               "classes are a convention."),
        "zh-CN": ("等级概率", "按标准误计算，系数落在 Landis–Koch 各等级的概率。等级名称只是惯例。"),
    },
    "pairs": {
        "en": ("Pairs of raters", "Agreement of each two raters on the conversations they share. Of many pairs one is lowest by chance alone."),
        "zh-CN": ("质检员两两一致性", "每两名质检员在共同评分会话上的一致性。比较的对数很多时，总会有一对仅因偶然而最低。"),
    },
    "answers": {
        "en": ("Each answer against all others", "Whether raters see this answer alike: kappa of “this answer or not”. Near 0 they do not: look at its wording, and at how often it is given."),
        "zh-CN": ("每个选项对其余选项", "质检员对这一选项的看法是否一致：“是否此选项”的 kappa。接近 0 说明看法不一：请检查其措辞，以及它出现的频率。"),
    },
    "random": {
        "en": ("Correlation with the others, spread", "A rater who answers at random has a correlation of 0 with the mean of the others; the spread is the variance of the "
               "difference to them."),
        "zh-CN": ("与他人的相关、离散程度", "随意作答的质检员与其他人平均分的相关为 0；离散程度是其与他人差值的方差。"),
    },
    "drift": {
        "en": ("Drift", "Whether severity grows or falls along the order of rating. What changed may be the conversations that a rater was given."),
        "zh-CN": ("漂移", "严格度是否随评分顺序上升或下降。变化的也可能是分到的会话。"),
    },
    "gain": {
        "en": ("What alpha gains without a rater", "Alpha of the others minus alpha of all. Above 0: the others agree better among themselves."),
        "zh-CN": ("去掉某人后 α 的变化", "其余质检员的 α 减去全体的 α。大于 0 表示其余人之间更一致。"),
    },
    "dependability": {
        "en": ("Dependability", "The share of the variance of a mean of several raters that is the conversation's. More raters raise it; what they share in error stays."),
        "zh-CN": ("可靠度", "若干质检员平均分的方差中来自会话本身的比例。质检员越多越高；共同的偏差不会消除。"),
    },
    "change": {
        "en": ("Change since the previous study", "Now minus then, with what both studies share taken into account. That something changed does not say why."),
        "zh-CN": ("与上次相比的变化", "本次减上次，已考虑两次研究共有的会话。有变化并不说明原因。"),
    },
    "gold": {
        "en": ("Against the gold standard", "How often a rater gives what the expert gives, with and without allowance for chance. It is as right as the expert is."),
        "zh-CN": ("与标准答案相比", "质检员与专家答案相同的比例，分别为未扣除与扣除偶然一致的结果。其正确程度取决于专家。"),
    },
    "usual": {
        "en": ("The usual figures", "What quality suites show: averages and deviations. They do not allow for chance, so that who always gives the commonest answer looks well."),
        "zh-CN": ("常见指标", "质检系统通常显示的平均分与偏差。它们不扣除偶然一致，总是给出最常见答案的人也会显得很好。"),
    },
    "tests": {
        "en": ("Adjusted p", "How often chance alone would show as much, allowing for the number of questions asked at once. A small p does not say that an effect is large."),
        "zh-CN": ("校正 p 值", "仅凭偶然出现同样结果的概率，已按同时检验的个数校正。p 值小并不说明效应大。"),
    },
    "correlation": {
        "en": ("Correlation", "How closely two things go together: 1 or −1 is as closely as can be, 0 not at all. Neither need cause the other. Spearman's uses ranks only, "
               "Pearson's distances, the polyserial one asks about the satisfaction behind the boxes."),
        "zh-CN": ("相关系数", "两个量同向变化的程度：1 或 −1 最强，0 为无关，并不表示因果。Spearman 只用名次，Pearson 用数值距离，polyserial 针对选项背后的满意程度。"),
    },
    "within_between": {
        "en": ("Within agents, between agents", "Within: does a better conversation of the same agent please more? Between: do agents with better scores have happier customers? "
               "One figure for all mixes the two."),
        "zh-CN": ("坐席内与坐席间", "坐席内：同一坐席的会话质量更高，客户是否更满意？坐席间：平均分更高的坐席，客户是否更满意？总的相关把两者混在一起。"),
    },
    "channels": {
        "en": ("Parts compared", "The correlation of each part against that of all others. With few conversations a part differs by chance."),
        "zh-CN": ("各部分比较", "每一部分的相关与其余部分之差。会话少时，差异可能只是偶然。"),
    },
    "drivers": {
        "en": ("Share explained", "How much of the variation of satisfaction goes with a criterion, shared fairly among criteria that go together. It does not say "
               "what raising the criterion would bring."),
        "zh-CN": ("解释的比例", "满意度的差异中与某指标相伴的部分，已在相关的指标间公平分配。它不说明提高该指标会带来什么。"),
    },
    "corrected": {
        "en": ("Without the raters' error", "What the correlation would be if conversations were scored without error, given how reliable one rater's score is. No data show it."),
        "zh-CN": ("排除评分误差后", "按单个质检员评分的信度推算，若评分没有误差，相关会是多少。没有数据能直接显示它。"),
    },
    "halo": {
        "en": ("Halo", "Where one person gave score and answer both, part of the correlation is the person."),
        "zh-CN": ("光环效应", "若评分与满意度出自同一人，相关的一部分来自这个人本身。"),
    },
    "response": {
        "en": ("Response", "Who answers is not everyone. The ends say what the mean would be if all who were silent had said the lowest or the highest; weights mend only "
               "what is known of the silent."),
        "zh-CN": ("应答率", "作答的客户不代表全部客户。两端表示若未作答者全部给最低或最高分，平均会是多少；加权只能弥补已知特征的差异。"),
    },
}  # fmt: skip
