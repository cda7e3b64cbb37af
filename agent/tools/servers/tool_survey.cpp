#include <offhook/agent/tools/servers/tool_survey.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>
#include <offhook/agent/tools/granted_arguments.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace offhook::inline v0::agent::tools {

namespace {

/// Returns the text with all invisible characters made visible: the operator decides by this text whether to trust the tool.
std::string printable(std::string_view text) {
  std::string line(text);
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return visible_utf8(line);
}

/// The results of the servers. The threads of the servers store them, and the calling thread waits for them.
class Answers {
 public:
  explicit Answers(std::size_t servers) : servers_(servers) {}

  void on_event(const mcp::ServerEvent& event) {
    using What = mcp::ServerEvent::What;
    if (event.what != What::Listed && event.what != What::Broken) return;
    const std::lock_guard lock(mutex_);
    if (event.what == What::Listed) listed_.insert(event.server);
    else troubles_[event.server] = event.detail;
    changed_.notify_all();
  }
  /// Waits until all servers have listed their tools, at most `limit`. If a server has failed, it waits at most kPatience longer, because a restarted
  /// server may still answer.
  void wait(base::Duration limit) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit, [this] { return settled() == servers_; }) && listed_.size() < servers_)
      changed_.wait_for(lock, std::min(limit, kPatience), [this] { return listed_.size() == servers_; });
  }
  /// Returns "" if the server has listed its tools, otherwise its last fault.
  [[nodiscard]] std::string trouble_of(const std::string& label) {
    const std::lock_guard lock(mutex_);
    if (listed_.contains(label)) return "";
    const auto found = troubles_.find(label);
    return found == troubles_.end() ? "it has not answered in time" : found->second;
  }

 private:
  static constexpr base::Duration kPatience = std::chrono::seconds(8);

  [[nodiscard]] std::size_t settled() const {
    return listed_.size() + static_cast<std::size_t>(std::count_if(troubles_.begin(), troubles_.end(), [this](const auto& each) { return !listed_.contains(each.first); }));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> listed_;
  std::map<std::string, std::string> troubles_;  // the last fault of each server
  std::size_t servers_;
};

ToolSurvey::Tool shown(const std::string& server, const ToolDescription& description, const std::string& hash, PinVerdict pin, Unpinned unpinned) {
  return {.server = server,
          .name = description.name,
          .hash = hash,
          .pin = pin,
          .wants_pin = unpinned == Unpinned::Refuse,
          .description = printable(cut_utf8(description.description, kMaxDescriptionBytes)),
          .parameters = printable(description.parameters),
          .schema = description.parameters};
}

void add_server(const mcp::ServerOptions& options, const mcp::Catalog& catalog, ToolSurvey& out) {
  PinStore pins(options.pins, Unpinned::Refuse);
  for (std::size_t i = 0; i < catalog.tools.size(); ++i) {
    const ToolDescription& description = catalog.descriptions[i];
    const std::string& hash = catalog.tools[i].hash;
    out.tools.push_back(shown(options.label, description, hash, pins.judge(description.name, hash), options.unpinned));
  }
}

void add_service(const http::Service& service, ToolSurvey& out) {
  PinStore pins(service.options().pins, Unpinned::Refuse);
  for (const ToolDescription& description : service.descriptions()) {
    const std::string& hash = service.find(description.name)->hash;
    out.tools.push_back(shown(service.options().label, description, hash, pins.judge(description.name, hash), service.options().unpinned));
  }
}

}  // namespace

ToolSurvey survey_tools(const ToolServerPlan& plan, base::Duration limit) {
  ToolSurvey out;
  std::vector<mcp::ServerOptions> all;
  for (const ToolPlace& place : plan.places) {
    if (const auto* options = std::get_if<mcp::ServerOptions>(&place.at)) all.push_back(*options);
  }
  const auto pinned = all;
  for (mcp::ServerOptions& options : all) {  // The survey trusts every definition, because it calls no tool.
    options.pins.clear();
    options.unpinned = Unpinned::TrustFirst;
  }
  if (!all.empty()) {
    Answers answers(all.size());
    const auto servers = mcp::Servers::start(all, [&answers](const mcp::ServerEvent& event) { answers.on_event(event); }, plan.proxies);
    if (servers) answers.wait(limit);
    for (const mcp::ServerOptions& options : pinned) {
      if (auto trouble = servers ? answers.trouble_of(options.label) : servers.error().detail; !trouble.empty())
        out.troubles.push_back({options.label, std::move(trouble)});
      if (const auto catalog = servers ? (*servers)->catalog(options.label) : nullptr) add_server(options, *catalog, out);
    }
  }
  for (const ToolPlace& place : plan.places) {
    if (const auto* service = std::get_if<ToolPlace::HttpService>(&place.at)) add_service(*service->service, out);
  }
  for (const http::ServiceNote& note : plan.notes) {
    if (note.refused) out.troubles.push_back({note.tool.substr(0, note.tool.find("__")), note.tool + ": " + note.why});
  }
  return out;
}

namespace {

/// Returns true if a trouble in `survey` already explains why the granted tool is missing: its place failed, or its definition was refused.
bool is_told(const ToolSurvey& survey, const ServerToolGrant& grant) {
  const auto is_of = [server = grant.server()](const auto& each) { return each.server == server; };
  const bool has_tools = std::any_of(survey.tools.begin(), survey.tools.end(), is_of);
  return std::any_of(survey.troubles.begin(), survey.troubles.end(),
                     [&](const auto& each) { return is_of(each) && (!has_tools || each.what.starts_with(grant.name + ":")); });
}

}  // namespace

std::vector<ToolSurvey::Trouble> grant_troubles(const ToolSurvey& survey, const AgentProfile& agent) {
  std::vector<ToolSurvey::Trouble> out;
  for (const ServerToolGrant& grant : agent.server_tools) {
    const auto tool = std::find_if(survey.tools.begin(), survey.tools.end(), [&grant](const ToolSurvey::Tool& each) { return each.name == grant.name; });
    if (tool == survey.tools.end()) {
      if (is_told(survey, grant)) continue;
      std::vector<std::string> known;
      for (const ToolSurvey::Tool& each : survey.tools) known.push_back(each.name);
      out.push_back({grant.server(), fmt::format("{} is granted to {}, and there is no such tool: {}", grant.name, agent.name,
                                                 config::advise(known, grant.name, "its server has no tool with a similar name"))});
    } else if (const auto held = hold_schemas(tool->schema, grant.arguments); !held) {
      out.push_back({grant.server(), fmt::format("{} is not offered to {}: {}", grant.name, agent.name, held.error())});
    }
  }
  return out;
}

}  // namespace offhook::inline v0::agent::tools
