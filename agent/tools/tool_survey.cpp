#include <offhook/agent/tools/tool_survey.hpp>

#include <offhook/base/text.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace offhook::inline v0::agent::tools {

namespace {

constexpr std::size_t kMaxShownDescription = 400;

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxShownDescription)) out += c >= ' ' && c != '\x7f' ? c : ' ';
  return out;
}

/// What became of each server, told on their thread and waited for on ours.
class Answers {
 public:
  explicit Answers(std::size_t servers) : left_(servers) {}

  void on_event(const mcp::ServerEvent& event) {
    using What = mcp::ServerEvent::What;
    if (event.what != What::Listed && event.what != What::Broken) return;
    const std::lock_guard lock(mutex_);
    const std::string trouble = event.what == What::Broken ? event.detail : std::string();
    const auto [at, is_first] = of_server_.emplace(event.server, trouble);
    if (is_first) --left_;
    if (!is_first && trouble.empty()) at->second.clear();  // It came to life after all.
    changed_.notify_all();
  }
  void wait(base::Duration limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return left_ == 0; });
  }
  /// Nothing: it has listed its tools.
  [[nodiscard]] std::string trouble_of(const std::string& label) {
    const std::lock_guard lock(mutex_);
    const auto found = of_server_.find(label);
    return found == of_server_.end() ? "it has not answered in time" : found->second;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> of_server_;
  std::size_t left_;
};

void add_server(const mcp::ServerOptions& options, const mcp::Catalog& catalog, ToolSurvey& out) {
  PinBook pins(options.pins, Unpinned::Refuse);
  for (std::size_t i = 0; i < catalog.tools.size(); ++i) {
    const ToolDescription& description = catalog.descriptions[i];
    const std::string& hash = catalog.tools[i].hash;
    out.tools.push_back({options.label, description.name, hash, pins.judge(description.name, hash), printable(description.description)});
  }
}

void add_service(const http::Service& service, ToolSurvey& out) {
  PinBook pins(service.options().pins, Unpinned::Refuse);
  for (const ToolDescription& description : service.descriptions()) {
    const std::string& hash = service.find(description.name)->hash;
    out.tools.push_back({service.options().label, description.name, hash, pins.judge(description.name, hash), printable(description.description)});
  }
}

}  // namespace

ToolSurvey survey_tools(const ToolServerPlan& plan, base::Duration limit) {
  ToolSurvey out;
  if (!plan.servers.empty()) {
    auto all = plan.servers;
    for (mcp::ServerOptions& options : all) {  // To be looked at, and used by nobody.
      options.pins.clear();
      options.unpinned = Unpinned::TrustFirst;
    }
    Answers answers(all.size());
    const mcp::Servers servers(all, [&answers](const mcp::ServerEvent& event) { answers.on_event(event); });
    answers.wait(limit);
    for (const mcp::ServerOptions& options : plan.servers) {
      if (auto trouble = answers.trouble_of(options.label); !trouble.empty()) out.troubles.push_back({options.label, std::move(trouble)});
      if (const auto catalog = servers.catalog(options.label)) add_server(options, *catalog, out);
    }
  }
  for (const auto& service : plan.services) add_service(*service.service, out);
  for (const http::ServiceNote& note : plan.notes) {
    if (note.refused) out.troubles.push_back({note.tool.substr(0, note.tool.find("__")), note.tool + ": " + note.why});
  }
  return out;
}

}  // namespace offhook::inline v0::agent::tools
