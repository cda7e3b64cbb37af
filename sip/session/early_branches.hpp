#pragma once

#include <offhook/sip/session/actions.hpp>
#include <offhook/sip/session/glare.hpp>
#include <offhook/sip/session/own_offer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::session {

/// The offers and answers of one early dialog of our call, and the state of its reliable provisional responses.
struct EarlyBranch {
  /// The peer's offer, which waits for the phone layer's answer.
  struct Offer {
    Body body{};
    std::optional<TransactionId> update{};  // the UPDATE that carried it; nullopt: the PRACK for `rack` carries the answer
    std::string rack{};
    std::uint64_t told = 0;                 // position in the order in which offers were reported to the phone layer
  };

  std::string tag;
  std::uint32_t rseq = 0;        // RSeq of the last reliable response in order: RFC 3262 section 4.
  bool agreed = false;           // Offer and answer are complete: our INVITE's offer, or the peer's offer and the answer in our PRACK.
  Body said{};                   // The peer's answer, until a newer agreement replaces it.
  Body local{};                  // Our description, in PRACK or in the response to UPDATE.
  std::optional<Offer> offer{};
  bool updates = false;          // The peer allows UPDATE.
  std::uint32_t prack = 0;       // CSeq of our pending PRACK that carries our answer or acknowledges the peer's answer; 0: none is pending.
  std::optional<OwnOffer> ours{};  // Our offer in UPDATE.
  Glare glare{true};

  /// Returns true if later responses to the INVITE cannot change the session any more: RFC 3261 section 13.2.1,
  /// RFC 6337 section 2.2.
  [[nodiscard]] bool is_described() const { return agreed || offer.has_value(); }
  [[nodiscard]] bool is_offering() const { return ours && !glare.next_deadline(); }
  void learn(const Message& response) {
    if (response.has(HeaderName::Allow)) updates = response.lists(HeaderName::Allow, "UPDATE");
  }
  /// Returns true if we may send an offer: RFC 3311 section 5.1
  [[nodiscard]] bool may_offer() const { return agreed && updates && !offer && !ours; }
};

/// The early branches of a call, at most one for each early dialog. DialogSet bounds the number of early dialogs.
class EarlyBranches {
 public:
  /// Returns null if there is no branch with that tag. The pointer is valid until the set changes.
  [[nodiscard]] EarlyBranch* find(std::string_view tag);
  EarlyBranch& find_or_make(const std::string& tag);
  /// Stores an offer and reports it. The offer then waits for the phone layer's answer.
  void offer(SessionId session, EarlyBranch& branch, EarlyBranch::Offer offer, Actions& out);
  /// Returns the branch with this tag if its offer waits. If `tag` is "", returns the branch whose waiting offer was reported
  /// first. Returns null if there is no such branch.
  [[nodiscard]] EarlyBranch* waiting(std::string_view tag);
  /// Returns the branch with this tag if we may send an offer to it. If `tag` is "", returns the first branch that allows an
  /// offer. Returns null if there is no such branch.
  [[nodiscard]] EarlyBranch* open(std::string_view tag);
  /// Drops the offers that wait for the phone layer. Refuses a waiting UPDATE with `status`. Also drops our own offers.
  void drop_offers(int status, Actions& out);
  /// Removes all branches, and reports to the phone layer that its offers in them are refused.
  void clear(SessionId session, int status, Actions& out);
  [[nodiscard]] bool is_waiting() const;
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Returns a branch whose offer is due for a retry, or null.
  [[nodiscard]] EarlyBranch* take_due(base::TimePoint now);
  [[nodiscard]] std::size_t size() const { return branches_.size(); }

 private:
  std::vector<EarlyBranch> branches_;
  std::uint64_t told_ = 0;
};

}  // namespace offhook::inline v0::sip::session
