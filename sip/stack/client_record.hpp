#pragma once

#include <offhook/sip/stack/client_machine.hpp>
#include <offhook/sip/stack/outgoing.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// One request of ours to one candidate.
struct ClientRecord {
  /// The responses so far. A 100 says nothing of the targets behind the server.
  enum class Answered : std::uint8_t { No, Trying, Provisionally, Finally };
  enum class Turn : std::uint8_t {
    Holds,  ///< this candidate has the request
    /// This candidate was silent, so another one has the request. Either may respond until one response counts. The two
    /// candidates may be addresses of one slow server, which refuses the second copy (RFC 3261 section 8.2.2.2).
    Left,
    GivenUp,  ///< the other candidate responded; a late 2xx of this one is undone
  };
  enum class Cancelling : std::uint8_t { No, Wanted, Sent };

  transaction::TransactionId id;
  Outgoing what;
  std::optional<Hop> hop;  // The next hop of the request; nullopt if we cannot send to its URI.
  std::vector<Route> routes;
  std::size_t route = 0;
  std::string trouble;  // Reason why a name has no address, or why the last connection failed.
  Flow flow;
  std::string branch, bytes;
  std::string ack;  // Bytes of the ACK to a 300-699; "" before such a response.
  ClientMachine machine;
  Answered answered = Answered::No;
  Cancelling cancelling = Cancelling::No;
  HeaderList cancel_headers;  // For a CANCEL, if one is sent.
  bool limited = false;       // True: the call of this request is over.
  bool dead = false;
  Turn turn = Turn::Holds;
  transaction::TransactionId holder;               // For a candidate that was left: the one that has the request now.
  std::vector<transaction::TransactionId> behind;  // For the holder: the candidates that were left and may still respond.
  std::set<std::string> taken_back;                // To tags of late 2xx responses.
  std::optional<base::TimePoint> silence_ends;      // Set while this candidate is silent and another one remains.
  std::optional<base::SocketAddress> stream_tried;  // Address where TCP was tried because of the request's size; it is not tried there again.

  /// Returns our end of the route: our listening address, or the connection's local end once it is known (Route::local).
  [[nodiscard]] std::optional<base::SocketAddress> own_end() const {
    return route < routes.size() ? std::optional(routes[route].local) : std::nullopt;
  }
  void want_cancel() {
    if (cancelling == Cancelling::No) cancelling = Cancelling::Wanted;
  }
  /// Returns true if a response with `status` is ignored while another candidate may still respond. Such a server has another
  /// copy of the request (482, and 500 within a dialog: RFC 3261 sections 8.2.2.2 and 12.2.2), or cannot decide (408, 503).
  [[nodiscard]] bool loses(int status) const {
    return status == 482 || status == 408 || status == 503 || (status == 500 && is_in_dialog(what.head));
  }
  [[nodiscard]] bool is_answered() const { return answered != Answered::No; }
  [[nodiscard]] bool is_of_session() const { return what.owner.kind == Owner::Kind::Session; }
  [[nodiscard]] bool is_owned() const { return what.owner.kind != Owner::Kind::Nobody; }
};

}  // namespace offhook::inline v0::sip
