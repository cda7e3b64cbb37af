#pragma once

#include <offhook/sip/stack/client_requests.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::sip {

/// One request of ours on its way to one candidate, as ClientRequests keeps it.
struct ClientRequests::Record {
  TransactionId id;
  Outgoing what;
  std::optional<Hop> hop;  // Of its next hop.
  std::vector<Route> routes;
  std::size_t route = 0;
  std::vector<std::vector<Route>> found;  // While names are looked up: of the next hop, then of each alternative.
  std::size_t looking_up = 0;
  std::string trouble;  // Why the first of those names that has no address has none, or why the last connection did not come up.
  Flow flow;
  std::string branch, bytes;
  std::string ack;  // To a 300-699.
  std::variant<std::monostate, transaction::InviteClient, transaction::NonInviteClient> machine;
  std::map<std::string, WrittenAck> acks;  // To 2xx, by To tag.
  HeaderList cancel_headers;  // Of the CANCEL, should there be one.
  bool answered = false;  // There was a response.
  bool final_answer = false;
  bool cancel_wanted = false, cancelled = false;
  bool limited = false;  // Its call is over.
  bool dead = false;
  bool answered_for_real = false;  // By more than a 100: somebody behind the server knows of it.
  /// Another candidate has the request, since this one said nothing. Until somebody says what counts, both are waited for: it may be
  /// one slow server with two addresses, which refuses the second copy (RFC 3261 section 8.2.2.2).
  bool left = false;
  bool given_up = false;              // And the other one was answered: what comes late is taken back.
  TransactionId holder;               // Of one that was left: who has the request now.
  std::vector<TransactionId> behind;  // Of the holder: who was left, and is still waited for.
  std::set<std::string> taken_back;  // To tags of late 2xx.
  std::optional<base::TimePoint> silence_ends;       // While it has said nothing, and another remains.
  std::optional<base::SocketAddress> stream_tried;   // There TCP was asked for because of the size: not again.
};

}  // namespace offhook::inline v0::sip
