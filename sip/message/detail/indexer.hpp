#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/message/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip::detail {

/// The first thing that is wrong with a message; what is found behind it is not reported.
struct Fault {
  std::optional<ParseError> error;
  int status = 400;

  void note(ParseError what, int answer = 400) {
    if (error) return;
    error = what;
    status = answer;
  }
};

/// Walks once over a slab and fills the message's start line, header table and body, looking into no value. Goes on after a fault
/// as far as it can, because the answer copies header fields that may stand behind it.
class Indexer {
 public:
  Indexer(Message& message, Slab&& slab, Framing framing, Fault& fault);
  /// False when there is no message at all: a keep-alive.
  bool run();
  /// The start line is that of a response, good or not.
  [[nodiscard]] bool is_response() const { return response_; }

 private:
  struct Line {
    char* begin;
    char* end;   ///< Behind its last octet, the line end not counted; null when no line end is left.
    bool stray;  ///< Holds a CR that ends no line, or a NUL that is no quoted pair.
    [[nodiscard]] std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
  };
  enum class Folds : std::uint8_t { Split, Joined };

  bool skip_leading();
  [[gnu::always_inline]] Line next_line(Folds folds);  // Once in each line: the calls would cost more than what they do.
  Line next_odd_line(char* stop, Folds folds);
  void index_start_line(const Line& line);
  void index_status_line(std::string_view line);
  void index_request_line(std::string_view line);
  bool check_version(std::string_view version);
  void index_headers();
  [[gnu::always_inline]] void index_header(const Line& line);
  void add(HeaderTable::Entry entry);
  void check_duplicate(HeaderName id, std::string_view value);
  void find_body();
  [[nodiscard]] std::uint16_t place(const char* at) const { return static_cast<std::uint16_t>(at - begin_); }

  Message& message_;
  HeaderTable& table_;
  Fault& fault_;
  Framing framing_;
  char* begin_;  // The slab's octets, which message_ owns.
  char* end_;
  char* at_;  // The first octet not yet read.
  bool response_ = false;
  bool blank_line_seen_ = false;
};

}  // namespace offhook::inline v0::sip::detail
