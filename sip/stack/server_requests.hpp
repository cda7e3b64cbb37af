#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/stack/capabilities.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/outbox.hpp>
#include <offhook/sip/stack/stack.hpp>
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

/// All requests that we were sent, from their first datagram to the end of their transaction: repeats are absorbed, responses
/// go back the way that RFC 3261 section 18.2.2 says.
class ServerRequests {
 public:
  /// Beyond so many requests, strangers' are refused: whoever sends to our port at random leaves room for our registrar's calls.
  static constexpr std::size_t kMaxBesideStrangers = 2048;
  /// Of one call, of all that there is: four a second over UDP, where each is kept for 64 * T1.
  static constexpr std::size_t kMaxOfOneCall = 128;

  enum class Kind {
    New,       // a transaction was made, and waits for respond()
    Absorbed,  // a repeat, or the ACK to a 300-699
    AnswerAck, // an ACK that no transaction keeps for itself
    Refused,   // answered statelessly: merged, or no room
  };
  struct Received {
    Kind kind = Kind::Absorbed;
    TransactionId id;
  };
  struct Sender {
    std::uint64_t session = 0;  ///< The live call that it belongs to: for that there is room when there is none for others.
    bool stranger = false;      ///< Outside any call, and from nobody whose calls we would take.
    std::string proven{};       ///< The user name that its credentials proved.
  };
  struct Shared {  ///< Parts of the stack, which outlive this.
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

  /// Repeats, ACKs and merged requests; New for what starts a transaction, if it is start()ed. Not `answered`: a repeat gets none.
  Received absorb(const Message& message, const RequestKeys& keys, const Flow& flow, bool answered, base::TimePoint now);
  /// Takes the message over; it is then request(id), and `message` is empty.
  Received start(Message& message, RequestKeys keys, const Flow& flow, Sender sender);
  /// The INVITE that this CANCEL is for.
  [[nodiscard]] std::optional<TransactionId> cancelled(const Message& cancel) const;

  /// Answers; without effect when there is a final answer already, or no such transaction. `contact` is a whole value, or "".
  void respond(TransactionId id, int status, const HeaderList& headers, const Body& body, std::string_view contact,
               base::TimePoint now, const HeaderList& own = {});
  /// The last response again: a 2xx to an INVITE.
  void repeat(TransactionId id, base::TimePoint now);
  /// An answer that leaves no trace. `headers` come behind what is copied from the request.
  /// One of more octets than `most` is not sent: false.
  bool respond_statelessly(const Message& request, const Flow& flow, int status, std::string_view reason,
                           const HeaderList& headers, std::optional<std::size_t> most = std::nullopt);

  [[nodiscard]] const Message* request(TransactionId id) const;  ///< Null once it is answered for good; valid until collect().
  [[nodiscard]] const Flow* flow(TransactionId id) const;        ///< Where it came from.
  [[nodiscard]] std::string proven(TransactionId id) const;      ///< As its Sender had it.
  [[nodiscard]] const std::string* tag(TransactionId id) const;  ///< Ours, in To, unless the request brought one.
  /// Answers to `cancel` carry the To tag of those to `invite`: RFC 3261 section 9.2.
  void share_tag(TransactionId cancel, TransactionId invite);
  /// Keeps the session alive as long as this transaction.
  void assign(TransactionId id, std::uint64_t session);
  [[nodiscard]] std::uint64_t session(TransactionId id) const;   ///< 0: none.

  void on_flow_failed(const Flow& flow, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }

  /// Removes what has ended; `ended` gets the sessions that it was assigned to.
  void collect(std::vector<std::uint64_t>& ended);
  [[nodiscard]] bool owns_any(std::uint64_t session) const { return open_.contains(session); }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] bool uses(const Flow& flow) const;
  /// Requests without a final answer, and refused INVITEs whose ACK is still to come.
  [[nodiscard]] std::size_t unfinished() const;
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Record;
  [[nodiscard]] Received drop(TransactionId id);
  void carry_out(Record& record, transaction::Actions actions);
  [[nodiscard]] Record* find(TransactionId id) const;

  Shared shared_;
  std::string stateless_tag_;
  std::unordered_map<TransactionId, std::unique_ptr<Record>> records_;
  std::unordered_map<std::uint64_t, std::size_t> open_;
  std::vector<TransactionId> answered_;  // Their request is let go at the next collect().
  std::vector<TransactionId> dead_;
  Deadlines<TransactionId> deadlines_;
};

}  // namespace offhook::inline v0::sip
