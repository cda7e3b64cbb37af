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

/// What was offered and answered in one early dialog of a call of ours, and how far its reliable provisional responses are.
struct EarlyBranch {
  /// Theirs, which waits for the phone's answer.
  struct Offer {
    Body body{};
    std::optional<TransactionId> update{};  // It came in this UPDATE; else the PRACK of this number brings the answer.
    std::string rack{};
    std::uint64_t told = 0;
  };

  std::string tag;
  std::uint32_t rseq = 0;        // The last one in order: RFC 3262 section 4.
  bool agreed = false;           // Offer and answer were exchanged: our INVITE's, or theirs and what our PRACK said to it.
  Body said{};                   // Their answer, until something newer was agreed on.
  Body local{};                  // Ours, in PRACK or to UPDATE.
  std::optional<Offer> offer{};
  bool updates = false;          // They allow UPDATE.
  std::uint32_t prack = 0;       // CSeq of the PRACK that is part of an offer and its answer, until it has its response.
  std::optional<OwnOffer> ours{};  // In UPDATE.
  Glare glare{true};

  /// Nothing that a response to the INVITE says of the session counts any more: RFC 3261 section 13.2.1, RFC 6337 section 2.2.
  [[nodiscard]] bool is_described() const { return agreed || offer.has_value(); }
  [[nodiscard]] bool is_offering() const { return ours && !glare.next_deadline(); }
  void learn(const Message& response) {
    if (response.has(HeaderName::Allow)) updates = response.lists(HeaderName::Allow, "UPDATE");
  }
  /// RFC 3311 section 5.1
  [[nodiscard]] bool may_offer() const { return agreed && updates && !offer && !ours; }
};

/// At most one for each early dialog: DialogSet bounds them.
class EarlyBranches {
 public:
  /// Null when there is none of that tag. Valid until the set changes.
  [[nodiscard]] EarlyBranch* find(std::string_view tag);
  EarlyBranch& find_or_make(const std::string& tag);
  /// Tells the phone of an offer, which then waits.
  void offer(SessionId session, EarlyBranch& branch, EarlyBranch::Offer offer, Actions& out);
  /// Whose offer waits: that of this tag; "": the one that was told first. Null when it has none.
  [[nodiscard]] EarlyBranch* waiting(std::string_view tag);
  /// Where an offer of ours may go: the branch of this tag; "": the first that takes one. Null when it may not.
  [[nodiscard]] EarlyBranch* open(std::string_view tag);
  /// What waits for the phone does so no more; an UPDATE is refused with `status`. Offers of ours end, too.
  void drop_offers(int status, Actions& out);
  /// Forgets all branches; the phone hears that its offers lead to nothing there.
  void clear(SessionId session, int status, Actions& out);
  [[nodiscard]] bool is_waiting() const;
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// A branch whose offer is due for its next try. Null when there is none.
  [[nodiscard]] EarlyBranch* take_due(base::TimePoint now);
  [[nodiscard]] std::size_t size() const { return branches_.size(); }

 private:
  std::vector<EarlyBranch> branches_;
  std::uint64_t told_ = 0;
};

}  // namespace offhook::inline v0::sip::session
