#include <offhook/tests/agent/tools/injection/tool_servers.hpp>

#include <utility>

namespace offhook::test {

using namespace agent;
using namespace agent::tools;
using Json = nlohmann::json;

CrmServer::CrmServer(Json tools, Json answers, std::vector<Pin> pins, Log happened, Log log)
    : tools_(std::move(tools)), answers_(std::move(answers)), happened_(std::move(happened)), log_(std::move(log)) {
  mcp::ServerOptions options;
  options.label = "crm";
  mcp::HttpWireOptions at;
  at.url = "https://crm.example/mcp";
  options.at = at;
  options.client.era = mcp::ClientOptions::Era::Legacy;
  options.unpinned = pins.empty() ? Unpinned::TrustFirst : Unpinned::Refuse;
  options.pins = std::move(pins);
  mcp::Server::Edge edge;
  edge.make_wire = [this, at](mcp::WireHandler handler) -> base::Result<std::unique_ptr<mcp::Wire>, base::Error> {
    return std::make_unique<mcp::HttpWire>(at, http_, std::move(handler));
  };
  edge.now = [this] { return now_; };
  edge.changed = [] {};
  server_ = std::make_unique<mcp::Server>(std::move(options), std::move(edge), queue_, [this](const mcp::ServerEvent& event) {
    log_(std::string(to_string(event.what)) + " " + event.tool + " " + event.detail);
  });
  queue_->open([this] { woken_ = true; });
}

CrmServer::~CrmServer() = default;

void CrmServer::tick(base::TimePoint now) {
  if (std::exchange(now_, now) == base::TimePoint{}) server_->begin(now);
  if (std::exchange(woken_, false)) server_->on_orders(now);
  while (server_->next_deadline() && *server_->next_deadline() <= now) server_->on_time(now);
  while (served_ < http_.all.size()) serve(served_++);
}

void CrmServer::serve(std::size_t index) {
  const net::HttpRequest request = http_.all[index]->request;
  if (request.method == "GET") {
    stream_ = index;
    return http_.head(index, 200, {{"content-type", "text/event-stream"}});
  }
  const Json message = Json::parse(request.body, nullptr, false);
  if (message.is_discarded()) return http_.answer(index, 400, "");
  if (!message.contains("id")) return http_.answer(index, 202, "");
  http_.answer(index, 200, answer_to(message), {{"content-type", "application/json"}});
}

std::string CrmServer::answer_to(const Json& message) {
  Json result;
  if (message["method"] == "initialize") result = {{"protocolVersion", "2025-11-25"}, {"capabilities", {{"tools", {{"listChanged", true}}}}}, {"serverInfo", {{"name", "crm"}, {"version", "1"}}}};
  if (message["method"] == "tools/list") result = {{"tools", tools_}};
  if (message["method"] == "tools/call") {
    const std::string name = message["params"]["name"];
    happened_("crm " + name + " " + message["params"]["arguments"].dump());
    result = {{"content", {{{"type", "text"}, {"text", answers_.value(name, "done")}}}}};
  }
  // A server may send text that is not UTF-8, so dump() must not throw.
  return Json({{"jsonrpc", "2.0"}, {"id", message["id"]}, {"result", result}}).dump(-1, ' ', false, Json::error_handler_t::ignore);
}

void CrmServer::pull(Json tools) {
  tools_ = std::move(tools);
  REQUIRE(stream_);
  http_.body(*stream_, "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n");
}

ShopService::ShopService(const Json& document, std::vector<Pin> pins, Json answer, Log happened, const Log& log)
    : answer_(std::move(answer)), happened_(std::move(happened)) {
  http::ServiceOptions options;
  options.label = "shop";
  options.url = "https://shop.example";
  options.token = agent::Secret("s3cret-token");
  options.operations = {"getOrder", "changeOrder", "pay"};
  options.unpinned = pins.empty() ? Unpinned::TrustFirst : Unpinned::Refuse;
  options.pins = std::move(pins);
  std::vector<http::ServiceNote> notes;
  auto read = http::Service::read(std::move(options), document.dump(), notes);
  if (!read) FAIL(to_string(read.error()));
  service_ = *read;
  for (const auto& note : notes) log((note.refused ? "tool_refused " : "tool_trusted ") + note.tool + " " + note.why);
}

void ShopService::tick() {
  while (served_ < http_.all.size()) {
    const std::size_t index = served_++;
    const net::HttpRequest request = http_.all[index]->request;
    std::string what = "shop " + request.method + " " + request.url;
    for (const auto& [name, value] : request.headers) {
      if (name != "accept" && name != "authorization" && name != "content-type") what += " " + name + ":" + value;
    }
    happened_(what + (request.body.empty() ? "" : " " + request.body));
    if (answer_.contains("lost")) {
      http_.break_off(index);
      continue;
    }
    http_.answer(index, answer_.value("status", 200), answer_.value("body", "{}"), {{"content-type", answer_.value("type", "application/json")}, {"location", "https://evil.example/"}});
  }
}

}  // namespace offhook::test
