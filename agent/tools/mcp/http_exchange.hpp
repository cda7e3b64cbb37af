#pragma once

#include <offhook/agent/tools/mcp/http_wire.hpp>

/// Only for the source files of HttpWire.
namespace offhook::inline v0::agent::tools::mcp {

inline constexpr base::Duration kStreamLimit = std::chrono::hours(1);  // After this time, the wire opens the stream again.
inline constexpr std::size_t kMaxStreamBody = 64U << 20U;

/// One POST with its response, or the server's own stream.
struct HttpWire::Exchange {
  std::uint64_t id = 0;
  bool modern = false;
  bool begins_session = false;  // true: the request is the handshake
  bool accepted = false;        // true: a 2xx status arrived; after that, an error of the stream does not mean that the server did nothing
  std::string session;          // session of the request; "": no session
  std::string revision;
  net::HttpRequest request;    // the request without its token; stored only if there is an Authorizer
  Secret token;        // the Authorizer's token in the request
  bool renewed_token = false;  // true: the request was sent again with a new token
  std::unique_ptr<net::HttpTransfer> transfer;
  net::HttpHead head;
  bool is_stream = false;
  SseParser events;
  std::string body;
  std::string last_id;  // id of the last event, which may be in an earlier part of the stream
  unsigned resumes = 0;
  bool broke = false;  // true: the stream must be resumed later
  std::optional<base::TimePoint> asked_at, resume_at;

  [[nodiscard]] bool good() const { return head.status >= 200 && head.status < 300; }
};

/// Returns all WWW-Authenticate challenges in one line.
[[nodiscard]] std::string challenges_of(const net::HttpHead& head);

}  // namespace offhook::inline v0::agent::tools::mcp
