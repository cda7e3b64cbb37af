#pragma once

#include <offhook/sip/stack/client_requests.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::sip {

/// One request of ours to one candidate, as ClientRequests stores it.
struct ClientRequests::Record {
  TransactionId id;
  Outgoing what;
  std::optional<Hop> hop;  // Of its next hop.
  std::vector<Route> routes;
  std::size_t route = 0;
  std::vector<std::vector<Route>> found;  // Results of look-ups: of the next hop, then of each alternative.
  std::size_t looking_up = 0;
  // Reason why the first name without address has none, or why the last connection failed.
  std::string trouble;
  Flow flow;
  std::string branch, bytes;
  std::string ack;  // For a 300-699.
  std::variant<std::monostate, transaction::InviteClient, transaction::NonInviteClient> machine;
  std::map<std::string, WrittenAck> acks;  // For 2xx responses, by To tag.
  HeaderList cancel_headers;  // For a CANCEL, if one is sent.
  bool answered = false;  // A response arrived.
  bool final_answer = false;
  bool cancel_wanted = false, cancelled = false;
  bool limited = false;  // Its call is over.
  bool dead = false;
  bool answered_for_real = false;  // By more than a 100: a target behind the server has the request.
  /// This candidate was silent, so another one has the request. Both may respond until a response counts: they may be one slow
  /// server with two addresses, which refuses the second copy (RFC 3261 section 8.2.2.2).
  bool left = false;
  bool given_up = false;              // The other candidate responded; a late response of this one is undone.
  TransactionId holder;               // For a candidate that was left: the one that has the request now.
  std::vector<TransactionId> behind;  // For the holder: the candidates that were left and may still respond.
  std::set<std::string> taken_back;  // To tags of late 2xx responses.
  std::optional<base::TimePoint> silence_ends;       // Set while it is silent and another candidate remains.
  std::optional<base::SocketAddress> stream_tried;   // TCP was tried there because of the size; do not try again.
};

}  // namespace offhook::inline v0::sip
