#pragma once

#include <prometheus/labels.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

/// Functions that make the families of the metrics page.
namespace offhook::inline v0::agent {

using Figures = std::vector<prometheus::MetricFamily>;
using LabelledValues = std::vector<std::pair<prometheus::Labels, double>>;

/// Returns a family of one value that can rise and fall.
[[nodiscard]] prometheus::MetricFamily gauge(std::string name, std::string help, double value);
[[nodiscard]] prometheus::MetricFamily gauges(std::string name, std::string help, const LabelledValues& values);
/// Returns a family of one value that never falls.
[[nodiscard]] prometheus::MetricFamily count(std::string name, std::string help, double value);
/// Returns the families in the text format of Prometheus, version 0.0.4, sorted by name. Leaves out a family without values.
[[nodiscard]] std::string text_of(Figures figures);

}  // namespace offhook::inline v0::agent
