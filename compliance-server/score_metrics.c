/* SPDX-License-Identifier: Apache-2.0 */
/* What was measured as a score: a falling curve for each measurement, their weighted
 * mean.
 */
#include "compliance-server/score.h"

#define KNOTS 19

/* Log-normal in shape: 0.9 at a good value, 0.5 at a middling one; straight lines between
 * the knots. */
static const int64_t height[KNOTS] = { 1000000, 990000, 975000, 950000, 900000,
				       850000,	800000, 700000, 600000, 500000,
				       400000,	300000, 200000, 150000, 100000,
				       50000,	25000,	10000,	0 };
static const struct {
	int weight;
	bool required;
	int64_t x[KNOTS];
} curves[METRICS] = {
	[METRIC_WARM_START] = { 30,
				true,
				{ 0, 562, 793, 1066, 1500, 1888, 2268, 3055, 3941, 5000,
				  6344, 8183, 11024, 13239, 16667, 23446, 31524, 44476,
				  88952 } },
	[METRIC_LIST_P95] = { 30,
			      true,
			      { 0, 13463, 21328, 31683, 50000, 68024, 86878, 129398,
				181870, 250000, 343651, 483006, 719396, 918799, 1250000,
				1972688, 2930369, 4642496, 9284992 } },
	[METRIC_RSS] = { 20,
			 false,
			 { 0, 56456, 80194, 108453, 153600, 194254, 234110, 317247,
			   411308, 524288, 668302, 866448, 1174138, 1415042, 1789570,
			   2534530, 3427649, 4868860, 9737720 } },
	[METRIC_LIST_BYTES] = { 15,
				true,
				{ 0, 21166, 31461, 44239, 65536, 85435, 105476, 148656,
				  199306, 262144, 344794, 462272, 651516, 804351, 1048576,
				  1553372, 2184295, 3246644, 6493288 } },
	[METRIC_IDLE] = { 5,
			  false,
			  { 0, 15, 30, 52, 100, 155, 220, 390, 634, 1000, 1576, 2566,
			    4536, 6438, 10000, 19208, 33835, 65352, 130704 } },
};

static int64_t at(const int64_t *x, int64_t v)
{
	size_t i = 0;

	if (v >= x[KNOTS - 1])
		return 0;
	while (v >= x[i + 1])
		i++;
	return height[i] - (height[i] - height[i + 1]) * (v - x[i]) / (x[i + 1] - x[i]);
}

int64_t score_metrics(const int64_t v[METRICS])
{
	int64_t sum = 0, all = 0;

	for (int k = 0; k < METRICS; k++) {
		if (v[k] < 0 && curves[k].required)
			return -1;
		if (v[k] < 0)
			continue;
		sum += curves[k].weight * at(curves[k].x, v[k]);
		all += curves[k].weight;
	}
	return (2 * sum + all) / (2 * all);
}
