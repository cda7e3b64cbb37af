// The Grafana dashboard and the documentation name exactly the series of /metrics.
#include "exposition.hpp"

#include <offhook/agent/app/agent_figures.hpp>
#include <offhook/agent/ops/metrics.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook_test;

namespace {

/// Returns a page with every possible series.
std::string whole_page() {
  Metrics metrics;
  metrics.conversations().on_provider_failed("openai/think", FailureKind::Timeout);
  metrics.conversations().on_action(ProviderSwitched{Stage::Think, "openai/think", "local/think", "late"});
  metrics.conversations().on_tool({tools::ToolEvent::What::Done, 1, "hold", "", ToolClass::Telephony});
  metrics.conversations().on_action(TokensUsed{1, "openai/think", 1, 1, 1, 1, 1});
  ServiceUse use{"openai/speak"};
  use.characters = 1;
  use.audio = use.connected = std::chrono::seconds(1);
  metrics.conversations().on_use(use);
  AgentState state;
  state.services = {{"openai/think", true}};
  media::QualityReport report;
  report.loss.received = 1;
  report.quality.mos_conversation = 4;
  Figures now = figures_of(state);
  for (auto& figures : CallMetrics::live(std::vector{report})) now.push_back(std::move(figures));
  return metrics.page(std::move(now));
}

struct Asked { std::string series, labels; };

/// Returns each series in a query, with the labels by which the query sums it.
std::vector<Asked> asked_by(const std::string& query) {
  static const std::regex kSeries("offhook_[a-z0-9_]+"), kBy("by \\(([a-z, ]+)\\)");
  std::smatch by;
  const std::string labels = std::regex_search(query, by, kBy) ? by[1].str() : "";
  std::vector<Asked> all;
  for (std::sregex_iterator at(query.begin(), query.end(), kSeries), end; at != end; ++at) all.push_back({at->str(), labels});
  return all;
}

}  // namespace

TEST_CASE("The agent's page of metrics is valid text") {
  const auto read = read_exposition(whole_page());
  for (const std::string& fault : read.faults) FAIL_CHECK(fault);
  CHECK(read.value("offhook_provider_open", {{"service", "openai/think"}}) == 1);
  CHECK(read.value("offhook_ready") == 0);
}

TEST_CASE("docs/run/metrics.md or docs/recordings.md names each family of the page, and no other") {
  std::string text;
  for (const char* name : {"docs/run/metrics.md", "docs/recordings.md"}) {
    std::ifstream file(name);
    REQUIRE(file);
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  static const std::regex kFamily("`((?:offhook|process)_[a-z0-9_]+)`");
  std::set<std::string> told;
  for (std::sregex_iterator at(text.begin(), text.end(), kFamily), end; at != end; ++at) told.insert((*at)[1].str());
  const auto page = read_exposition(whole_page());
  for (const auto& [family, type] : page.types) {
    CAPTURE(family);
    CHECK(told.contains(family));
  }
  for (const std::string& family : told) {
    CAPTURE(family);
    CHECK(page.types.contains(family));
  }
}

TEST_CASE("Each alert uses series that the page of metrics has") {
  std::ifstream file("packaging/prometheus/alerts.yml");
  REQUIRE(file);
  static const std::regex kSeries("(offhook|process)_[a-z0-9_]+");
  const auto page = read_exposition(whole_page());
  std::size_t asked = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.find("expr:") == std::string::npos) continue;
    for (std::sregex_iterator at(line.begin(), line.end(), kSeries), end; at != end; ++at, ++asked) {
      std::string family = at->str();
      if (family.ends_with("_bucket")) family.resize(family.size() - 7);
      CAPTURE(family);
      CHECK(page.types.contains(family));
    }
  }
  CHECK(asked >= 12);
}

TEST_CASE("Each query of the dashboard names series and labels that the page of metrics has") {
  std::ifstream file("packaging/grafana/offhook.json");
  REQUIRE(file);
  const auto dashboard = nlohmann::json::parse(file);
  const auto page = read_exposition(whole_page());
  std::size_t queries = 0;
  for (const auto& panel : dashboard["panels"]) {
    for (const auto& target : panel.value("targets", nlohmann::json::array())) {
      const auto asked = asked_by(target["expr"].get<std::string>());
      REQUIRE_FALSE(asked.empty());
      ++queries;
      for (const auto& [series, labels] : asked) {
        CAPTURE(series);
        REQUIRE(page.samples.contains(series));
        static const std::regex kLabel("[a-z]+");
        for (std::sregex_iterator at(labels.begin(), labels.end(), kLabel), end; at != end; ++at) {
          CAPTURE(at->str());
          CHECK(page.samples.at(series).front().labels.contains(at->str()));
        }
      }
    }
  }
  CHECK(queries > 30);
}
