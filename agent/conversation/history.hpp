#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// One utterance or event of a call, in the form for a language model.
struct HistoryEntry {
  enum class Kind : std::uint8_t {
    Caller,      ///< words of the caller, as far as they were understood
    Agent,       ///< the part of a reply that the caller really heard
    Note,        ///< an event: keys, silence, a failed transfer
    ToolCall,    ///< `name` and `text` (the arguments, JSON); `call_id` connects it with its result
    ToolResult,  ///< `text`: the output of the tool
  };
  Kind kind = Kind::Caller;
  std::uint32_t turn = 0;
  std::string text;
  std::string name, call_id;
  bool interrupted = false;  ///< for Agent: true if the caller interrupted the reply after `text`
};

/// The history of a call's conversation, with which another provider can continue in the middle of the call. Bounded: drops the oldest entries
/// first, and never keeps the result of a tool without the tool's call.
class History {
 public:
  static constexpr std::size_t kMaxEntries = 400;
  static constexpr std::size_t kMaxBytes = 256U << 10U;

  void add(HistoryEntry entry);
  /// Stores the late transcript of a caller's turn, at its place before the reply to that turn.
  void set_caller_text(std::uint32_t turn, std::string text);
  /// Replaces the caller's words of `turn`, and the results of the tools of that turn, with `text`.
  void mask(std::uint32_t turn, std::string_view text);
  /// Merges two inputs: the input of turn `earlier` is the beginning of the input of `later`, whose words are `text`. Returns false when no
  /// entry of `earlier` is known.
  bool supersede(std::uint32_t earlier, std::uint32_t later, std::string_view text);
  [[nodiscard]] const std::deque<HistoryEntry>& entries() const { return entries_; }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  void trim();

  std::deque<HistoryEntry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace offhook::inline v0::agent
