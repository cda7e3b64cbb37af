#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/counters.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/transaction/invite_server.hpp>
#include <offhook/sip/transaction/non_invite_server.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace offhook::inline v0::sip {

using transaction::RequestKeys;
using transaction::TransactionId;

/// All received requests, from the first datagram to the end of their transaction. Absorbs retransmissions, and sends responses
/// along the path of RFC 3261 section 18.2.2.
class ServerRequests {
 public:
  /// Beyond this many requests, refuses requests of unknown sources, which leaves space for our registrar's calls.
  static constexpr std::size_t kMaxBesideStrangers = 2048;
  /// Bound of all requests of one call: four a second over UDP, where each is stored for 64 * T1.
  static constexpr std::size_t kMaxOfOneCall = 128;

  enum class Kind {
    New,       // a transaction was created, and waits for respond()
    Absorbed,  // a retransmission, or the ACK to a 300-699
    AnswerAck, // an ACK that no transaction absorbs
    Refused,   // answered statelessly: merged, or over a bound
  };
  struct Received {
    Kind kind = Kind::Absorbed;
    TransactionId id;
  };
  struct Sender {
    std::uint64_t session = 0;  ///< the live call of the request, which may use the reserve for calls; 0: none
    bool stranger = false;      ///< true if the request is outside calls, and its source may not call us
    std::string proven{};       ///< the user name with which the sender has authenticated; "" if it has not
  };
  struct Shared {  ///< parts of the stack, which must outlive this object
    transaction::Timers timers;
    std::string user_agent;
    base::Random& random;
    Outbox& outbox;
    transaction::TransactionTable& table;
    StackCounters& counters;
    std::uint64_t& last_id;
    const Capabilities& can;
  };

  explicit ServerRequests(Shared shared);
  ~ServerRequests();

  /// Processes retransmissions, ACKs and merged requests. Returns New for a request that needs start(). If `answered` is false, a
  /// retransmission gets no response.
  Received absorb(const Message& message, const RequestKeys& keys, const Flow& flow, bool answered, base::TimePoint now);
  /// Creates a transaction. Takes the message, which is then request(id); `message` is then empty.
  Received start(Message& message, RequestKeys keys, const Flow& flow, Sender sender);
  /// Returns the INVITE that this CANCEL is for, or nullopt if there is none.
  [[nodiscard]] std::optional<TransactionId> cancelled(const Message& cancel) const;

  /// Sends a response. Does nothing if there is already a final response, or no such transaction. `contact` is a complete value,
  /// or "".
  void respond(TransactionId id, int status, const HeaderList& headers, const Body& body, std::string_view contact,
               base::TimePoint now, const HeaderList& own = {});
  /// Sends the 2xx to an INVITE again.
  void repeat(TransactionId id, base::TimePoint now);
  /// Sends a response without storing anything. `headers` follow the fields copied from the request. Returns false, and sends
  /// nothing, if the response has more than `most` octets.
  bool respond_statelessly(const Message& request, const Flow& flow, int status, std::string_view reason,
                           const HeaderList& headers, std::optional<std::size_t> most = std::nullopt);

  [[nodiscard]] const Message* request(TransactionId id) const;  ///< null after the final response; valid until collect()
  [[nodiscard]] const Flow* flow(TransactionId id) const;        ///< the flow on which the request came
  [[nodiscard]] std::string proven(TransactionId id) const;      ///< Sender::proven of the request
  [[nodiscard]] const std::string* tag(TransactionId id) const;  ///< our To tag, unless the request brought one
  /// Gives responses to `cancel` the same To tag as the responses to `invite`: RFC 3261 section 9.2.
  void share_tag(TransactionId cancel, TransactionId invite);
  /// Keeps the session alive as long as this transaction exists.
  void assign(TransactionId id, std::uint64_t session);
  [[nodiscard]] std::uint64_t session(TransactionId id) const;   ///< 0 if the request belongs to no session

  void on_flow_failed(const Flow& flow, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  /// Removes the transactions that have ended, and appends their sessions to `ended`.
  void collect(std::vector<std::uint64_t>& ended);
  [[nodiscard]] bool owns_any(std::uint64_t session) const { return open_.contains(session); }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] bool uses(const Flow& flow) const;
  /// Returns the number of requests without a final response, and of refused INVITEs whose ACK has not arrived.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Record;
  [[nodiscard]] Received drop(TransactionId id);
  void carry_out(Record& record, const transaction::Actions& actions);
  [[nodiscard]] Record* find(TransactionId id) const;

  Shared shared_;
  std::string stateless_tag_;
  std::unordered_map<TransactionId, std::unique_ptr<Record>> records_;
  std::unordered_map<std::uint64_t, std::size_t> open_;
  std::vector<TransactionId> answered_;  // Their requests are deleted at the next collect().
  std::vector<TransactionId> dead_;
  Deadlines<TransactionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
