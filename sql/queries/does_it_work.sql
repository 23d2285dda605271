-- Do the segments foresee anything, and do they do so better than a plain rule?
-- Reads backtest_rankings: 1 is as good as knowing the future, 0 is chance; of auc 0.5 is chance.
SELECT
    cut::DATE AS cut,
    horizon_days,
    ranking,
    round(gini, 3) AS gini,
    round(100 * top_10_share, 1) AS top_10_percent_bring,
    round(100 * top_20_share, 1) AS top_20_percent_bring,
    round(auc, 3) AS auc
FROM segdb.backtest_rankings
ORDER BY cut, gini DESC NULLS LAST, ranking;
