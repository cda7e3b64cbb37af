#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// One thing that was said or done in a call, as a language model is told it.
struct HistoryEntry {
  enum class Kind : std::uint8_t {
    Caller,      ///< said by the caller, as far as it was understood
    Agent,       ///< what the caller really heard of a reply
    Note,        ///< what happened: keys pressed, silence, a transfer that failed
    ToolCall,    ///< `name` and `text` (the arguments, JSON); `call_id` joins it with its result
    ToolResult,  ///< `text`: what the tool said
  };
  Kind kind = Kind::Caller;
  std::uint32_t turn = 0;
  std::string text;
  std::string name, call_id;
  bool interrupted = false;  ///< Agent: the caller cut it off there
};

/// What a call's conversation was so far: what a provider that takes over in mid-call starts from. Bounded: the oldest entries
/// go first, and a result never stays without its call.
class History {
 public:
  static constexpr std::size_t kMaxEntries = 400;
  static constexpr std::size_t kMaxBytes = 256U << 10U;

  void add(HistoryEntry entry);
  /// What was understood of a turn of the caller, late: takes its place before the reply to it.
  void set_caller_text(std::uint32_t turn, std::string text);
  /// The caller's words of a turn, and the results of its tools, are replaced by `text`.
  void mask(std::uint32_t turn, std::string_view text);
  /// The input of turn `earlier` is the beginning of that of `later`, whose words are `text`: they become one entry. Returns false when no such
  /// input is known.
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
