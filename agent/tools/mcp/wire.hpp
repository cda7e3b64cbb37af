#pragma once

#include <offhook/agent/tools/mcp/tool_definition.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// One message to a server, with the facts that a transport needs.
struct Outgoing {
  std::uint64_t id = 0;    ///< id of the request; 0: a message without a response
  std::string method;      ///< "" for a response to the server
  std::string name;        ///< name of the tool; only for tools/call
  std::string revision;    ///< revision for a header; "": not agreed yet
  bool modern = false;
  bool long_lived = false; ///< the response is a stream without an end
  std::vector<HeaderValue> headers;  ///< headers that repeat arguments
  std::string body;
};

/// The reason why a request gets no answer.
struct NoAnswer {
  enum class What : std::uint8_t {
    Lost,         ///< the connection broke, or the response had no answer; the server may have done the work
    Refused,      ///< an HTTP status other than success
    SessionGone,  ///< the server does not know the session of the request, and did nothing
    Auth,
  };
  What what{};
  int status = 0;
  std::int64_t code = 0;  ///< code of a JSON-RPC error in the response; 0: there is none
  std::string data;       ///< data of that error, JSON text
  std::string why;        ///< text for people; contains no secret and no text of the server
  bool session_over = false;  ///< true: the client's present session has ended, so that it needs a new session
};

/// The events of a wire. A function of the wire never invokes a handler before it returns.
struct WireHandler {
  std::function<void(std::string_view json)> on_text;
  std::function<void(std::uint64_t id, NoAnswer)> on_no_answer;
  std::function<void(std::string why)> on_closed;     ///< the whole wire has closed: the server must be started again
  std::function<void(std::string line)> on_note;      ///< a line for the log
  std::function<void()> on_deadline;                  ///< next_deadline() has changed
};

/// The transport of one server's messages: the pipes of a process, or HTTP. Use it on one thread. The destructor ends the transport at once. Do not
/// destroy the wire from within a handler; a handler may call shut_down().
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void send(Outgoing message) = 0;
  virtual void settled(std::uint64_t id) = 0;  ///< tells the wire that the answer has arrived
  virtual void stop(std::uint64_t id) = 0;     ///< tells the wire that the client does not need the answer any more
  /// Tells the wire the agreed `revision`, which all later messages have.
  virtual void on_opened(std::string_view revision, bool modern) = 0;
  virtual void on_time(base::TimePoint now) = 0;
  [[nodiscard]] virtual std::optional<base::TimePoint> next_deadline() const = 0;
  /// Ends the wire as the protocol requires. Invokes `done` once, possibly before it returns, and no other handler from now on.
  virtual void shut_down(std::function<void()> done) = 0;
};

}  // namespace offhook::inline v0::agent::tools::mcp
