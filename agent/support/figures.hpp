#pragma once

#include <prometheus/labels.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

/// Functions for the metrics page: for values that other components count, and for values of the present moment.
namespace offhook::inline v0::agent {

using Figures = std::vector<prometheus::MetricFamily>;
using LabelledValues = std::vector<std::pair<prometheus::Labels, double>>;

/// Returns a metric whose value can rise and fall.
[[nodiscard]] prometheus::MetricFamily gauge(std::string name, std::string help, double value);
[[nodiscard]] prometheus::MetricFamily gauges(std::string name, std::string help, const LabelledValues& values);
/// Returns a metric whose value never falls.
[[nodiscard]] prometheus::MetricFamily count(std::string name, std::string help, double value);
/// Returns the metrics in the text format of Prometheus, version 0.0.4, sorted by name. Leaves out a family without values.
[[nodiscard]] std::string text_of(Figures figures);

}  // namespace offhook::inline v0::agent
