#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/message/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip::detail {

/// The first error of a message. Later errors are not reported.
struct Fault {
  std::optional<ParseError> error;
  int status = 400;

  void note(ParseError what, int answer = 400) {
    if (error) return;
    error = what;
    status = answer;
  }
};

/// Reads a slab once and fills the message's start line, header table and body. Parses no header value. Continues after a fault
/// if possible, because the response copies header fields, including those after the fault.
class Indexer {
 public:
  Indexer(Message& message, Slab&& slab, Framing framing, Fault& fault);
  /// Indexes the message. Returns false if there is no message, only a keep-alive.
  bool run();
  /// Returns true if the start line is that of a response, valid or not.
  [[nodiscard]] bool is_response() const { return response_; }

 private:
  struct Line {
    char* begin;
    char* end;   ///< end of the content, before the line end; null if no line end is left
    bool stray;  ///< true if the line holds a CR that ends no line, or a NUL outside a quoted pair
    [[nodiscard]] std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
  };
  enum class Folds : std::uint8_t { Split, Joined };

  bool skip_leading();
  // Inlined because it runs once per line: a call would cost more than the work.
  [[gnu::always_inline]] Line next_line(Folds folds);
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
  char* begin_;  // The slab's octets; message_ owns them.
  char* end_;
  char* at_;  // The first octet that is not yet read.
  bool response_ = false;
  bool blank_line_seen_ = false;
};

}  // namespace offhook::inline v0::sip::detail
