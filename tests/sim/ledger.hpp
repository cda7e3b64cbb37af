#pragma once

#include <offhook/sip/stack/stack.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Records how each side saw the end of each call, and finds contradictions.
namespace offhook::sim {

/// One side of a call.
struct CallPart {
  std::size_t telephone = 0;
  std::optional<sip::CallEnded> end;
  unsigned ends_told = 0;
  bool answered = false;  ///< CallAnswered or CallConfirmed came
  bool acted = false;     ///< it hung up or refused
  bool lost = false;      ///< it was restarted during the call
};

struct SimCall {
  std::string call_id;
  CallPart caller;
  std::vector<CallPart> called;  ///< more than one: a fork, or a repeated INVITE to a telephone that lost its state
};

/// The contradictions that the disturbances of a world excuse.
struct Excuses {
  bool network = false;  ///< any disturbance between the two sides
  bool amnesia = false;  ///< a side lost its state, or continued long after: one INVITE may become two calls
  bool fork = false;
};

class Ledger {
 public:
  explicit Ledger(std::size_t calls) : calls_(calls) {}

  SimCall& operator[](std::size_t i) { return calls_[i]; }
  [[nodiscard]] std::size_t size() const { return calls_.size(); }
  [[nodiscard]] SimCall* find(const std::string& call_id) {
    const auto at = std::find_if(calls_.begin(), calls_.end(), [&](const SimCall& call) { return call.call_id == call_id; });
    return at == calls_.end() ? nullptr : &*at;
  }

  /// Returns the first problem, or "" when there is none.
  [[nodiscard]] std::string complaint(const Excuses& excuses) const {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (std::string wrong = about(calls_[i], excuses); !wrong.empty()) return "call " + std::to_string(i) + ": " + wrong;
    }
    return {};
  }

 private:
  using By = sip::CallEnded::By;
  using Why = sip::CallEnded::Why;

  static std::string about(const SimCall& call, const Excuses& excuses) {
    if (call.call_id.empty()) return {};
    if (std::string wrong = about(call.caller, "the caller", excuses); !wrong.empty()) return wrong;
    for (const CallPart& part : call.called) {
      if (std::string wrong = about(part, "the called side", excuses); !wrong.empty()) return wrong;
    }
    std::map<std::size_t, unsigned> at_one;
    for (const CallPart& part : call.called) {
      if (++at_one[part.telephone] > 1 && !excuses.amnesia && !excuses.fork)  // In a fork, the caller sends a new INVITE after a 422.
        return "it came twice to one telephone";
    }
    if (!excuses.fork && !excuses.amnesia && call.called.size() > 1) return "it came to two telephones";
    const bool forgotten =
        call.caller.lost || std::any_of(call.called.begin(), call.called.end(), [](auto& part) { return part.lost; });
    return forgotten || call.called.empty() ? std::string() : disagreement(call, excuses);
  }

  static std::string about(const CallPart& part, const std::string& who, const Excuses& excuses) {
    if (!part.end) return part.lost ? std::string() : who + " was told no end";
    if (part.ends_told > 1) return who + " was told two ends";
    if (part.end->by == By::Local && !part.acted) return who + " is said to have ended what it did not: " + story(*part.end);
    const bool rang_out = part.end->why == Why::NoAnswer;  // The caller gives up after 3 minutes, on any network.
    if (part.end->by == By::Network && !excuses.network && !rang_out)
      return "the network did nothing, and " + who + " blames it: " + story(*part.end);
    return {};
  }

  static std::string story(const sip::CallEnded& end) {
    return std::to_string(static_cast<int>(end.by)) + "/" + std::to_string(static_cast<int>(end.why)) + "/" +
           std::to_string(end.status) + " " + end.reason;
  }

  /// Returns how the two sides disagree. One side must report itself and the other its peer as the cause, or each reports itself. A side that
  /// received nothing more blames the network, which is valid only if the network had a disturbance.
  static std::string disagreement(const SimCall& call, const Excuses& excuses) {
    const sip::CallEnded& caller = *call.caller.end;
    std::string both = "caller " + story(caller);
    for (const CallPart& part : call.called) both += ", called " + story(*part.end);
    const auto says_remote = [](const CallPart& part) { return part.end->by == By::Remote; };
    const bool they_all = std::all_of(call.called.begin(), call.called.end(), says_remote);
    if (caller.by == By::Remote && they_all) return "both say that it was the other: " + both;
    if (call.called.size() > 1) return {};
    const sip::CallEnded& called = *call.called.front().end;
    if (!excuses.amnesia && caller.why == Why::Rejected && called.why == Why::Rejected && caller.by == By::Remote &&
        caller.status != called.status)
      return "another status: " + both;
    const bool mirrored =
        (caller.by == By::Local && called.by == By::Remote) || (caller.by == By::Remote && called.by == By::Local);
    const bool too_late = caller.why == Why::Cancelled && called.why == Why::Bye;  // The CANCEL crossed the 2xx.
    if (!excuses.network && mirrored && caller.why != called.why && !too_late) return "another reason: " + both;
    return {};
  }

  std::vector<SimCall> calls_;
};

}  // namespace offhook::sim
