// The input is a script of a tool server over HTTP, and of the client, which sends requests, abandons them and closes. A step has one octet
// for its kind and one octet for the transfer or request. In some steps a length and that many octets follow. Checks that the token is sent
// only to its own URL, that no header field contains a line break, that each request fails at most once, and that a closed wire reports
// nothing.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/tools/mcp/http_wire.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools::mcp;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

constexpr std::string_view kUrl = "https://tools.example/mcp", kToken = "Bearer VERYSECRET";
constexpr std::size_t kMaxSteps = 400, kMaxTransfers = 64;

/// An HTTP client whose server is the script.
class ScriptedHttp final : public net::HttpClient {
 public:
  struct Exchange {
    net::HttpHandler handler;
    bool over = false, has_head = false;
  };

  std::unique_ptr<net::HttpTransfer> start(net::HttpRequest request, net::HttpHandler handler) override {
    require(request.url == kUrl);
    for (const auto& [name, value] : request.headers) {
      require(!name.empty() && (name + value).find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
      require((value == kToken) == (name == "authorization"));
    }
    all.push_back(std::make_shared<Exchange>(Exchange{std::move(handler)}));
    return std::make_unique<Transfer>(all.back());
  }
  void warm(const std::string&) override {}
  void send_off(net::HttpRequest) override {}

  std::vector<std::shared_ptr<Exchange>> all;

 private:
  struct Transfer final : net::HttpTransfer {
    explicit Transfer(std::shared_ptr<Exchange> of) : exchange(std::move(of)) {}
    ~Transfer() override { exchange->over = true; }
    std::shared_ptr<Exchange> exchange;
  };
};

class World {
 public:
  World() : wire_({std::string(kUrl), Secret("VERYSECRET"), {}, {}, {}}, http_, handler()) {}

  void step(Script& script) {
    const std::uint8_t what = script.next(), which = script.next();
    switch (what % 10) {
      case 0: return send(which);
      case 1: return wire_.on_opened(which % 2 == 0 ? "2025-11-25" : "2026-07-28", which % 4 > 1);
      case 2: wire_.settled(wanted(which)); break;
      case 3: wire_.stop(wanted(which)); break;
      case 4: now_ += std::chrono::milliseconds(which * 50), wire_.on_time(now_); break;
      case 5: return head(which, script);
      case 6: return body(which, script.text(script.next()));
      case 7: return end(which, std::nullopt);
      case 8: return end(which, net::NetError{net::NetError::What::Closed, "the connection was closed"});
      case 9: reaction_ = which; break;
    }
    if (what % 10 == 2 || what % 10 == 3) waiting_.erase(wanted(which));
  }
  void shut_down() {
    bool done = false;
    over_ = true;
    wire_.shut_down([&done] { done = true; });
    for (std::size_t i = 0; i < http_.all.size(); ++i) end(static_cast<std::uint8_t>(i), std::nullopt, i);
    require(done);
  }

 private:
  WireHandler handler() {
    WireHandler made;
    made.on_text = [this](std::string_view) {
      require(!over_);
      react();
    };
    made.on_no_answer = [this](std::uint64_t id, const NoAnswer& why) {
      require(!over_ && waiting_.erase(id) == 1 && !why.why.empty());
      require(why.why.find("VERYSECRET") == std::string::npos);
      react();
    };
    made.on_closed = [](const std::string&) { require(false); };
    return made;
  }
  /// Calls the wire from inside its handler, as a client may do when it gets an event.
  void react() {
    if ((reaction_ & 1) != 0) wire_.settled(last_), waiting_.erase(last_);
    if ((reaction_ & 2) != 0) wire_.stop(wanted(reaction_ >> 3)), waiting_.erase(wanted(reaction_ >> 3));
    if ((reaction_ & 4) != 0) send(reaction_ >> 4);
  }
  void send(unsigned how) {
    static constexpr std::array kMethods{"initialize", "tools/list", "tools/call", ""};
    if (http_.all.size() >= kMaxTransfers) return;
    Outgoing message;
    message.method = kMethods[how % 4];
    message.modern = (how & 4U) != 0;
    message.long_lived = (how & 8U) != 0;
    message.body = "{}";
    if (message.method == "tools/call") message.name = "a name\r\nx: y", message.headers = {{"mcp-param-x", encode_header_value("z\n")}};
    if (!message.method.empty()) waiting_.insert(message.id = ++last_);
    wire_.send(std::move(message));
  }
  [[nodiscard]] std::uint64_t wanted(unsigned which) const { return last_ == 0 ? 1 : 1 + which % last_; }
  [[nodiscard]] std::shared_ptr<ScriptedHttp::Exchange> running(std::size_t which) const {
    if (http_.all.empty()) return nullptr;
    const auto exchange = http_.all[which % http_.all.size()];
    return exchange->over ? nullptr : exchange;
  }

  void head(std::uint8_t which, Script& script) {
    static constexpr std::array kStatuses{200, 202, 204, 301, 400, 401, 403, 404, 405, 409, 429, 500};
    static constexpr std::array kTypes{"application/json", "text/event-stream; charset=utf-8", "", "Text/Event-Stream"};
    const std::uint8_t how = script.next();
    const std::string session(script.text(script.next() % 16U));
    const auto exchange = running(which);
    if (!exchange || std::exchange(exchange->has_head, true)) return;
    exchange->handler.on_head({kStatuses[how % kStatuses.size()], {{"content-type", kTypes[how >> 6]}, {"mcp-session-id", session}}});
  }
  void body(std::uint8_t which, std::string_view bytes) {
    const auto exchange = running(which);
    if (exchange && exchange->has_head) exchange->handler.on_body(bytes);
  }
  void end(std::uint8_t which, const std::optional<net::NetError>& error, std::optional<std::size_t> index = std::nullopt) {
    const auto exchange = running(index.value_or(which));
    if (!exchange) return;
    exchange->over = true;
    exchange->handler.on_end(error);
  }

  ScriptedHttp http_;
  base::TimePoint now_{std::chrono::hours(1)};
  std::set<std::uint64_t> waiting_;
  std::uint64_t last_ = 0;
  std::uint8_t reaction_ = 0;
  bool over_ = false;
  HttpWire wire_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  World world;
  for (std::size_t steps = 0; !script.over() && steps < kMaxSteps; ++steps) world.step(script);
  world.shut_down();
  return 0;
}
