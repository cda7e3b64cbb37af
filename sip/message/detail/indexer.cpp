#include <offhook/sip/message/detail/indexer.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/detail/header_lookup.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace offhook::inline v0::sip::detail {

namespace {

bool is_blank(char c) {
  // The first comparison decides nearly all characters.
  return static_cast<unsigned char>(c) <= ' ' && (c == ' ' || c == '\t');
}

/// Marks NUL, LF and CR, which may end a line, and the other characters under 14 (such as tab), which only cost one more
/// iteration.
constexpr auto kLineStops = [](auto block) { return block.below('\r' + 1); };

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::uint16_t extent(const char* begin, const char* end) {
  return static_cast<std::uint16_t>(end - begin);
}

std::string_view trim_blanks(std::string_view text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  while (begin != end && base::is_space(*begin)) ++begin;
  while (begin != end && base::is_space(end[-1])) --end;
  return between(begin, end);
}

bool is_single(HeaderName name) {
  switch (name) {
    case HeaderName::From:
    case HeaderName::To:
    case HeaderName::CallId:
    case HeaderName::CSeq:
    case HeaderName::MaxForwards:
    case HeaderName::ContentLength:
    case HeaderName::ContentType:
      return true;
    default:
      // A list may occur several times. For the remaining fields a duplicate does no harm: the first value is used.
      return false;
  }
}

}  // namespace

Indexer::Indexer(Message& message, Slab&& slab, Framing framing, Fault& fault)
    : message_(message), table_(*slab.table()), fault_(fault), framing_(framing) {
  message_.slab_ = std::move(slab);
  const auto bytes = message_.slab_.bytes();
  begin_ = at_ = reinterpret_cast<char*>(bytes.data());
  end_ = begin_ + bytes.size();
  table_.count = 0;
  table_.seen.reset();
}

bool Indexer::run() {
  if (between(begin_, end_).size() > kMaxMessageBytes) fault_.note(ParseError::TooLarge, 513);
  if (!skip_leading()) {
    fault_.note(ParseError::Empty);
    return false;
  }
  if (const auto line = next_line(Folds::Split); line.end != nullptr) index_start_line(line);
  index_headers();
  find_body();
  return true;
}

/// Skips CRLFs before the start line (RFC 3261 section 7.5). Returns false if no message follows: the input is then a keep-alive.
/// Some telephones send NULs and blanks as keep-alives.
bool Indexer::skip_leading() {
  while (at_ != end_ && (*at_ == '\r' || *at_ == '\n')) ++at_;
  return std::any_of(at_, end_, [](char c) { return c != '\0' && !base::is_space(c); });
}

/// Returns the next whole line without its line end, which is CRLF, or LF alone from a peer that breaks the rule. If `folds` is
/// Joined, joins continuation lines by overwriting the CRLF in the slab with spaces (RFC 3261 section 7.3.1).
inline Indexer::Line Indexer::next_line(Folds folds) {
  char* const begin = at_;
  char* const stop = begin + base::find_first(between(begin, end_), kLineStops);
  const bool plain = end_ - stop > 2 && stop[0] == '\r' && stop[1] == '\n' && !is_blank(stop[2]);
  if (!plain) return next_odd_line(stop, folds);
  at_ = stop + 2;
  return {begin, stop, false};
}

/// Handles the cases in which a line does not simply end at its CRLF. `stop` is the first octet of the line that kLineStops
/// marks.
Indexer::Line Indexer::next_odd_line(char* stop, Folds folds) {
  Line line{at_, nullptr, false};
  for (;; ++stop) {
    stop += base::find_first(between(stop, end_), kLineStops);
    if (stop == end_) return line;
    const bool crlf = *stop == '\r' && stop + 1 != end_ && stop[1] == '\n';
    if (*stop == '\n' || crlf) {
      at_ = stop + (crlf ? 2 : 1);
      line.end = stop;
      if (stop == line.begin || folds == Folds::Split || at_ == end_ || !is_blank(*at_)) return line;
      std::fill(stop, at_, ' ');
      stop = at_;
      line.end = nullptr;
    } else if (*stop == '\r' || (*stop == '\0' && (stop == line.begin || stop[-1] != '\\'))) {
      // No correct peer sends a bare CR or a NUL here. A later hop could read a copied line with one of them as two lines.
      line.stray =
          true;
    }
  }
}

void Indexer::index_start_line(const Line& line) {
  if (line.stray) return fault_.note(ParseError::BadStartLine);
  const auto text = line.text();
  response_ = base::iequals(text.substr(0, 4), "SIP/");
  response_ ? index_status_line(text) : index_request_line(text);
}

/// Returns true for `SIP/2.0`, in upper or lower case. Notes a 505 for another SIP version (RFC 3261 section 21.5.6), and
/// BadStartLine for other text.
bool Indexer::check_version(std::string_view version) {
  if (version == "SIP/2.0" || base::iequals(version, "SIP/2.0")) return true;
  const bool is_sip = base::iequals(version.substr(0, 4), "SIP/") && version.size() > 4 && base::is_digit(version[4]);
  is_sip ? fault_.note(ParseError::BadVersion, 505) : fault_.note(ParseError::BadStartLine);
  return false;
}

void Indexer::index_status_line(std::string_view line) {
  const auto space = std::min(line.find(' '), line.size());
  if (!check_version(line.substr(0, space))) return;
  line = trim_blanks(line.substr(space));
  const auto code = line.substr(0, line.find(' '));
  const auto status = base::parse_number<int>(code);
  if (!status || code.size() != 3 || *status < 100 || *status > 699) return fault_.note(ParseError::BadStartLine);
  message_.status_ = *status;
  message_.reason_ = trim_blanks(line.substr(code.size()));
}

/// Tolerates several spaces between the three parts, and trailing spaces (RFC 4475 sections 3.1.2.9 and 3.1.2.10).
void Indexer::index_request_line(std::string_view line) {
  const auto method = line.substr(0, token_size(line));
  if (method.empty() || method.size() == line.size() || !is_blank(line[method.size()]))
    return fault_.note(ParseError::BadStartLine);
  message_.method_text_ = method;
  message_.method_ = parse_method(method);
  line = trim_blanks(line.substr(method.size()));
  auto last = line.size();
  while (last != 0 && !is_blank(line[last - 1])) --last;
  if (last == 0) return fault_.note(ParseError::BadStartLine);
  message_.request_uri_ = trim_blanks(line.substr(0, last));
  check_version(line.substr(last));
}

void Indexer::index_headers() {
  for (;;) {
    const auto line = next_line(Folds::Joined);
    if (line.end == nullptr) break;
    if (line.end == line.begin) {
      blank_line_seen_ = true;
      return;
    }
    index_header(line);
  }
  if (at_ != end_) fault_.note(ParseError::Truncated);  // The last line has no line end.
}

inline void Indexer::index_header(const Line& line) {
  const char* const name = line.begin;
  const auto readable = static_cast<std::size_t>(end_ - name);
  const auto head = readable < Block::kSize ? Block::load_part(name, readable) : Block::load(name);
  const auto colons = head.equal(':');
  const auto size = Block::any(colons) ? Block::first(colons) : base::find_first(line.text(), ':');
  const char* const colon = name + size;  // May lie in a later line if this line has no colon.
  if (colon >= line.end || line.stray) return fault_.note(ParseError::BadHeaderLine);
  const char* name_end = colon;
  while (name_end != name && is_blank(name_end[-1])) --name_end;
  if (name_end == name) return fault_.note(ParseError::BadHeaderLine);
  const auto id = find_header_name(head, name, between(name, name_end).size());
  if (id == HeaderName::Other && !is_token(between(name, name_end))) return fault_.note(ParseError::BadHeaderLine);

  const char* value = colon + 1;
  const char* value_end = line.end;
  while (value != value_end && is_blank(*value)) ++value;
  while (value != value_end && is_blank(value_end[-1])) --value_end;
  add({place(name), extent(name, name_end), place(value), extent(value, value_end), id});
}

inline void Indexer::add(HeaderTable::Entry entry) {
  if (table_.count == kMaxHeaders) return fault_.note(ParseError::TooManyHeaders, 513);
  if (entry.id != HeaderName::Other) {
    const auto id = static_cast<std::size_t>(entry.id);
    if (!table_.seen[id]) {
      table_.seen[id] = true;
      table_.first.data()[id] = static_cast<std::uint8_t>(table_.count);
    } else if (is_single(entry.id)) {
      check_duplicate(entry.id, {begin_ + entry.value, entry.value_size});
    }
  }
  table_.entries.data()[table_.count++] = entry;
}

/// Deviation: RFC 3261 section 7.3.1 allows no second From or Content-Type. Gateways send a second one with the same value, which
/// is accepted.
void Indexer::check_duplicate(HeaderName id, std::string_view value) {
  const auto first = message_.find(id).value_or("");
  if (first == value) return;
  if (id == HeaderName::ContentLength) {
    const auto a = parse_content_length(first);
    const auto b = parse_content_length(value);
    if (!a || !b || *a != *b) fault_.note(ParseError::BadContentLength);
    return;
  }
  if (id == HeaderName::ContentType && base::iequals(first, value)) return;
  fault_.note(ParseError::DuplicateHeader);
}

void Indexer::find_body() {
  const auto available = between(at_, end_);
  const auto value = message_.find(HeaderName::ContentLength);
  if (!value) {
    if (framing_ == Framing::Stream) return fault_.note(ParseError::MissingHeader);  // RFC 3261 section 20.14
    if (!blank_line_seen_) return fault_.note(ParseError::Truncated);
    message_.body_ = available;
    return;
  }
  const auto length = parse_content_length(*value);
  if (!length) return fault_.note(length.error());
  const auto head = between(begin_, at_).size();
  if (framing_ == Framing::Stream && *length > kMaxMessageBytes - std::min(head, kMaxMessageBytes))
    return fault_.note(ParseError::TooLarge, 513);
  if (*length > available.size()) return fault_.note(ParseError::Truncated);
  message_.body_ = available.substr(0, *length);
}

}  // namespace offhook::inline v0::sip::detail
