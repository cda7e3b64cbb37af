#pragma once

#include <offhook/agent/tools/mcp/http_wire.hpp>

/// For the files of HttpWire alone.
namespace offhook::inline v0::agent::tools::mcp {

inline constexpr base::Duration kStreamLimit = std::chrono::hours(1);  // Then it is opened anew.
inline constexpr std::size_t kMaxStreamBody = 64U << 20U;

/// One POST and what comes of it, or the server's own stream.
struct HttpWire::Exchange {
  std::uint64_t id = 0;
  bool modern = false;
  bool begins_session = false;  // it is the handshake
  bool accepted = false;        // by a 2xx: what becomes of its stream later does not undo what the server did
  std::string session;          // in which it was sent; "": none
  std::string revision;
  net::HttpRequest request;    // without its token; kept where there is an Authorizer
  config::Secret token;        // that it was sent with, of the Authorizer
  bool renewed_token = false;  // and so it was sent once more
  std::unique_ptr<net::HttpTransfer> transfer;
  net::HttpHead head;
  bool is_stream = false;
  SseParser events;
  std::string body;
  std::string last_id;  // of an event, in this and in earlier pieces of the stream
  unsigned resumes = 0;
  bool broke = false;  // to be taken up again, later
  std::optional<base::TimePoint> asked_at, resume_at;

  [[nodiscard]] bool good() const { return head.status >= 200 && head.status < 300; }
};

/// All that it wants as proof of who we are, in one line.
[[nodiscard]] std::string challenges_of(const net::HttpHead& head);

}  // namespace offhook::inline v0::agent::tools::mcp
