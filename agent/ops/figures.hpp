#pragma once

#include <prometheus/labels.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

/// What is counted elsewhere, or is so at this moment, for the page of metrics.
namespace offhook::inline v0::agent {

using Figures = std::vector<prometheus::MetricFamily>;
using LabelledValues = std::vector<std::pair<prometheus::Labels, double>>;

/// A value that rises and falls.
[[nodiscard]] prometheus::MetricFamily gauge(std::string name, std::string help, double value);
[[nodiscard]] prometheus::MetricFamily gauges(std::string name, std::string help, const LabelledValues& values);
/// A count that never falls.
[[nodiscard]] prometheus::MetricFamily count(std::string name, std::string help, double value);
/// The text format of Prometheus, version 0.0.4, by name. A family without values is left out.
[[nodiscard]] std::string text_of(Figures figures);

}  // namespace offhook::inline v0::agent
