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

/// One message to a server, with what a transport has to know of it.
struct Outgoing {
  std::uint64_t id = 0;    ///< of the request; 0: nothing answers it
  std::string method;      ///< "" of an answer to the server
  std::string name;        ///< of the tool; "" but for tools/call
  std::string revision;    ///< to be named in a header; "": none has been agreed on
  bool modern = false;
  bool long_lived = false; ///< its answer is a stream that has no end
  std::vector<HeaderValue> headers;  ///< of arguments
  std::string body;
};

/// Why no answer to a request comes.
struct NoAnswer {
  enum class What : std::uint8_t {
    Lost,         ///< the connection, or the answer in it; whether the request was carried out is not known
    Refused,      ///< an HTTP status that is no success
    SessionGone,  ///< the server does not know the session that it was sent in, and did nothing
    Auth,
  };
  What what{};
  int status = 0;
  std::int64_t code = 0;  ///< of a JSON-RPC error that came with it; 0: none
  std::string data;       ///< of that error, JSON text
  std::string why;        ///< for people; no secret, nothing that the server wrote
  bool session_over = false;  ///< the session of now is gone: another has to be begun, whatever became of this request
};

/// What comes over a wire, never from within a call of it.
struct WireHandler {
  std::function<void(std::string_view json)> on_text;
  std::function<void(std::uint64_t id, NoAnswer)> on_no_answer;
  std::function<void(std::string why)> on_closed;     ///< all of it: the server is to be begun anew
  std::function<void(std::string line)> on_note;      ///< for the log
  std::function<void()> on_deadline;                  ///< next_deadline() has become another
};

/// What carries the messages of one server: a process' pipes, or HTTP. On one thread. Destroying it ends it at once; not from
/// within a handler, where shut_down() may be called.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void send(Outgoing message) = 0;
  virtual void settled(std::uint64_t id) = 0;  ///< the answer came
  virtual void stop(std::uint64_t id) = 0;     ///< nobody waits for it any more
  /// From now on all is said in `revision`.
  virtual void on_opened(std::string_view revision, bool modern) = 0;
  virtual void on_time(base::TimePoint now) = 0;
  [[nodiscard]] virtual std::optional<base::TimePoint> next_deadline() const = 0;
  /// Ends it as the protocol asks for; `done` is called once, perhaps from within. Nothing else comes after this.
  virtual void shut_down(std::function<void()> done) = 0;
};

}  // namespace offhook::inline v0::agent::tools::mcp
