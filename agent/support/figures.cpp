#include <offhook/agent/support/figures.hpp>

#include <prometheus/text_serializer.h>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type, const LabelledValues& values) {
  prometheus::MetricFamily family{std::move(name), std::move(help), type, {}};
  for (const auto& [labels, value] : values) {
    prometheus::ClientMetric& metric = family.metric.emplace_back();
    for (const auto& [label, text] : labels) metric.label.push_back({label, text});
    (type == prometheus::MetricType::Gauge ? metric.gauge.value : metric.counter.value) = value;
  }
  return family;
}

}  // namespace

prometheus::MetricFamily gauge(std::string name, std::string help, double value) {
  return family(std::move(name), std::move(help), prometheus::MetricType::Gauge, {{{}, value}});
}

prometheus::MetricFamily gauges(std::string name, std::string help, const LabelledValues& values) {
  return family(std::move(name), std::move(help), prometheus::MetricType::Gauge, values);
}

prometheus::MetricFamily count(std::string name, std::string help, double value) {
  return family(std::move(name), std::move(help), prometheus::MetricType::Counter, {{{}, value}});
}

std::string text_of(Figures figures) {
  std::erase_if(figures, [](const auto& each) { return each.metric.empty(); });
  std::sort(figures.begin(), figures.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (auto& each : figures) std::sort(each.metric.begin(), each.metric.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
  return prometheus::TextSerializer().Serialize(figures);
}

}  // namespace offhook::inline v0::agent
