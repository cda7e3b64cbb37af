#pragma once

#include <offhook/agent/tools/mcp/requests.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>
#include <offhook/agent/tools/mcp/tool_answer.hpp>
#include <offhook/agent/tools/mcp/tool_listing.hpp>
#include <offhook/agent/tools/mcp/wire.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxCalls = 64;            ///< tool calls to one server, of all telephone calls together
inline constexpr unsigned kMaxAnswersPerSecond = 20;    ///< answers to requests of the server; the client ignores further requests in that second
inline constexpr base::Duration kListPause = std::chrono::seconds(1);  ///< shortest pause between two lists; it grows while the server reports changes
inline constexpr base::Duration kLongestListPause = std::chrono::seconds(60);
inline constexpr base::Duration kListGood = std::chrono::minutes(15);  ///< maximum age of the list by which a tool is called

struct ClientOptions {
  enum class Era : std::uint8_t { Auto, Legacy, Modern };
  Era era = Era::Auto;  ///< Auto: tries the modern protocol first
  bool over_http = false;
  ClientIdentity identity;
  base::Duration probe_limit = std::chrono::seconds(5);
  base::Duration handshake_limit = std::chrono::seconds(30);  ///< limit for the handshake, including the start of a process
  base::Duration list_limit = std::chrono::seconds(20);       ///< limit for each page
  base::Duration listing_limit = std::chrono::seconds(60);    ///< limit for all pages together
  base::Duration call_quiet = std::chrono::seconds(10);       ///< longest time of a tool call without an answer; each progress notification restarts it
  base::Duration call_limit = std::chrono::seconds(30);       ///< limit for the whole tool call, even if there is progress
};

/// A tool call. `call` is the number that the owner chose; it must be unique.
struct CallRequest {
  std::uint64_t call = 0;
  std::string tool;       ///< the server's name for the tool
  std::string hash;       ///< ToolDefinition::hash of the approved definition
  std::string arguments;  ///< a JSON object
  bool has_output_schema = false;
  std::vector<HeaderBinding> headers;
};

// The actions, which the owner carries out in the order in which they come.
struct Settled { std::uint64_t id; };
struct Stop { std::uint64_t id; };
struct Opened { std::string revision; bool modern; };
struct Listed { std::vector<ToolDefinition> tools; };
struct Answered { std::uint64_t call; ToolAnswer answer; };
struct Note { std::string text; };   ///< a sentence for the log
/// The client is Closed. The owner removes the wire, and later invokes open() with a new wire, if `at_once` is true without a pause.
struct Broken { std::string why; bool at_once = false; };
using Action = std::variant<Outgoing, Settled, Stop, Opened, Listed, Answered, Note, Broken>;
using Actions = std::vector<Action>;

/// The client side of the Model Context Protocol for tools, revisions 2024-11-05 to 2025-11-25 (with a handshake) and 2026-07-28 (without). It does
/// no I/O: its inputs are messages and the time, its outputs actions. It offers nothing to the server: it answers a ping, and refuses any other request.
/// Each call() leads to one Answered, unless abandon() comes first. The client sends a tool call only if the tool's definition in the server's latest
/// list is the approved definition. That list must be from the current connection and session.
class Client {
 public:
  enum class State : std::uint8_t { Closed, Probing, Initializing, Open };

  explicit Client(ClientOptions options) : options_(std::move(options)) {}

  void open(base::TimePoint now, Actions& out);
  void on_text(std::string_view json, base::TimePoint now, Actions& out);
  void on_no_answer(std::uint64_t id, const NoAnswer& why, base::TimePoint now, Actions& out);
  void on_closed(std::string why, Actions& out);
  void call(CallRequest request, base::TimePoint now, Actions& out);
  void abandon(std::uint64_t call, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Request {  // a request that was sent and is not answered
    enum class What : std::uint8_t { Probe, Initialize, List, Listen, Call };
    What what{};
    std::optional<base::TimePoint> due;
    std::uint64_t call = 0;
  };
  struct Call {
    CallRequest request;
    base::TimePoint hard_due;
    std::uint64_t id = 0;  // id of its request; 0: the tool call waits for the handshake or the list
    bool repeated = false;
  };

  // client.cpp: the start of a session
  std::uint64_t send(Request request, std::string_view method, const std::string& params, Actions& out,
                     const Call* of = nullptr);
  void notify(std::string_view method, const std::string& params, Actions& out) const;
  void probe(base::TimePoint now, Actions& out);
  void initialize(base::TimePoint now, Actions& out);
  void on_discovered(std::string_view result, base::TimePoint now, Actions& out);
  void on_probe_failed(std::int64_t code, std::string_view data, base::TimePoint now, Actions& out);
  void on_initialized(std::string_view result, base::TimePoint now, Actions& out);
  void on_handshake_refused(std::int64_t code, std::string_view data, base::TimePoint now, Actions& out);
  void become_open(const ServerFacts& facts, base::TimePoint now, Actions& out);
  void renew(base::TimePoint now, Actions& out);
  void fail(std::string why, Actions& out, bool at_once = false);
  [[nodiscard]] bool forget(Request::What what);
  [[nodiscard]] std::optional<std::uint64_t> id_of(Request::What what) const;

  // client_time.cpp: lost requests and deadlines
  void on_late(const Request& request, std::uint64_t id, base::TimePoint now, Actions& out);
  void listen(Actions& out);

  // client_messages.cpp: messages from the server
  void on_message(const RpcMessage& message, base::TimePoint now, Actions& out);
  void on_server_request(const RpcMessage& message, base::TimePoint now, Actions& out);
  void on_notification(const RpcMessage& message, base::TimePoint now);
  void on_result(const Request& request, const std::string& result, base::TimePoint now, Actions& out);
  void on_error(const Request& request, const RpcMessage& error, base::TimePoint now, Actions& out);
  void on_progress(std::string_view params, base::TimePoint now);
  void list(base::TimePoint now, Actions& out);
  void ask_page(base::TimePoint now, Actions& out);
  void on_page(const std::string& result, base::TimePoint now, Actions& out);
  void on_list_failed(std::string why, base::TimePoint now, Actions& out);
  void list_again(base::TimePoint at);
  [[nodiscard]] base::TimePoint after_pause(base::TimePoint now) const;

  // client_calls.cpp: tool calls
  [[nodiscard]] bool has_good_list(base::TimePoint now) const;
  void send_call(std::uint64_t number, base::TimePoint now, Actions& out);
  void send_waiting(base::TimePoint now, Actions& out);
  void refuse_waiting(Actions& out);
  [[nodiscard]] std::vector<std::uint64_t> waiting_calls() const;
  void on_session_gone(std::uint64_t number, bool session_over, base::TimePoint now, Actions& out);
  void on_call_lost(std::uint64_t call, const NoAnswer& why, base::TimePoint now, Actions& out);
  void answer(std::uint64_t call, ToolAnswer answer, Actions& out);
  void cancel(std::uint64_t id, std::string_view reason, Actions& out);
  void stop_late_calls(base::TimePoint now, Actions& out);

  ClientOptions options_;
  State state_ = State::Closed;
  ServerFacts facts_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Request> requests_;
  std::map<std::uint64_t, Call> calls_;
  bool probed_again_ = false;
  bool legacy_first_ = false;  // true: the server is legacy, or closed the connection after a modern probe; kept for the next open()
  bool renewed_ = false;       // true: the session was renewed, and the server has answered nothing in it yet
  std::optional<ToolListing> listing_;
  base::TimePoint listing_due_{};
  std::optional<base::TimePoint> list_at_, listen_at_;
  std::optional<base::TimePoint> list_good_until_;                // nullopt: this session has no list yet
  std::map<std::string, std::string, std::less<>> known_hashes_;  // hashes of the tools in that list; key: their names
  base::TimePoint listed_at_{};
  base::Duration list_pause_{};  // shortest time between two lists
  base::TimePoint answers_since_{};  // start of the second in which answers_ are counted
  unsigned answers_ = 0;
};

[[nodiscard]] std::string_view to_string(Client::State state);

}  // namespace offhook::inline v0::agent::tools::mcp
