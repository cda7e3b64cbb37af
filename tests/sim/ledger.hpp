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
  bool answered = false;  ///< true after CallAnswered or CallConfirmed
  bool acted = false;     ///< true if this side hung up or refused the call
  bool lost = false;      ///< true if the telephone was restarted during the call
};

struct SimCall {
  std::string call_id;
  CallPart caller;
  std::vector<CallPart> called;  ///< has several entries after a fork, or after a repeated INVITE to a telephone that lost its state
};

/// The contradictions that the disturbances of a world excuse.
struct Excuses {
  bool network = false;  ///< true if the world has any disturbance, so that a side may blame the network
  bool amnesia = false;  ///< true if a telephone lost its state, or was stopped for long, so that one INVITE may become two calls
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

  /// Returns the first problem, or "" if there is none.
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
      if (++at_one[part.telephone] > 1 && !excuses.amnesia && !excuses.fork)  // In a fork, the caller may send a new INVITE after a 422.
        return "it came to one telephone twice";
    }
    if (!excuses.fork && !excuses.amnesia && call.called.size() > 1) return "it came to two telephones";
    const bool forgotten =
        call.caller.lost || std::any_of(call.called.begin(), call.called.end(), [](auto& part) { return part.lost; });
    return forgotten || call.called.empty() ? std::string() : disagreement(call, excuses);
  }

  static std::string about(const CallPart& part, const std::string& who, const Excuses& excuses) {
    if (!part.end) return part.lost ? std::string() : who + " got no CallEnded";
    if (part.ends_told > 1) return who + " got more than one CallEnded";
    if (part.end->by == By::Local && !part.acted) return who + " did not act, but its stack reports that it ended the call: " + story(*part.end);
    const bool rang_out = part.end->why == Why::NoAnswer;  // The caller gives up after 3 minutes without an answer, even on a good network.
    if (part.end->by == By::Network && !excuses.network && !rang_out)
      return "the network had no disturbance, but " + who + " reports the network as the cause of the end: " + story(*part.end);
    return {};
  }

  static std::string story(const sip::CallEnded& end) {
    return std::to_string(static_cast<int>(end.by)) + "/" + std::to_string(static_cast<int>(end.why)) + "/" +
           std::to_string(end.status) + " " + end.reason;
  }

  /// Returns how the two sides disagree about the end, or "". They agree if one side reports itself and the other side reports its peer as the cause,
  /// or if each side reports itself. A side that received nothing more reports the network, which about() accepts only in a disturbed network.
  static std::string disagreement(const SimCall& call, const Excuses& excuses) {
    const sip::CallEnded& caller = *call.caller.end;
    std::string both = "caller " + story(caller);
    for (const CallPart& part : call.called) both += ", called " + story(*part.end);
    const auto says_remote = [](const CallPart& part) { return part.end->by == By::Remote; };
    const bool they_all = std::all_of(call.called.begin(), call.called.end(), says_remote);
    if (caller.by == By::Remote && they_all) return "each side reports that the other side ended the call: " + both;
    if (call.called.size() > 1) return {};
    const sip::CallEnded& called = *call.called.front().end;
    if (!excuses.amnesia && caller.why == Why::Rejected && called.why == Why::Rejected && caller.by == By::Remote &&
        caller.status != called.status)
      return "the two sides report different statuses: " + both;
    const bool mirrored =
        (caller.by == By::Local && called.by == By::Remote) || (caller.by == By::Remote && called.by == By::Local);
    const bool too_late = caller.why == Why::Cancelled && called.why == Why::Bye;  // The CANCEL crossed the 2xx.
    if (!excuses.network && mirrored && caller.why != called.why && !too_late) return "the two sides report different reasons: " + both;
    return {};
  }

  std::vector<SimCall> calls_;
};

}  // namespace offhook::sim
