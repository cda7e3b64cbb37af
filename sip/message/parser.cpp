#include <offhook/sip/message/parser.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace offhook::inline v0::sip {

/// Walks once over the slab. Goes on after an error as far as it can, because the answer copies header fields that may stand
/// behind it; the first error is the one that is reported.
class Parser {
 public:
  Parser(Slab slab, Framing framing) : framing_(framing) {
    message_.slab_ = std::move(slab);
    const auto bytes = message_.slab_.bytes();
    data_ = reinterpret_cast<char*>(bytes.data());
    size_ = bytes.size();
  }

  base::Result<Message, Refusal> run() {
    if (size_ > kMaxMessageBytes) note(ParseError::TooLarge, 513);
    if (!skip_leading()) {
      note(ParseError::Empty);
      return refuse();
    }
    message_.headers_.reserve(kUsualHeaders);
    if (const auto line = next_line(false)) parse_start_line(*line);
    parse_headers();
    parse_vias();
    parse_parties();
    parse_call_id();
    parse_cseq_field();
    find_body();
    normalise_content_type();
    if (error_) return refuse();
    return std::move(message_);
  }

 private:
  static constexpr std::size_t kUsualHeaders = 32;  // More than the longest message of a PBX: the vector grows seldom.
  static constexpr std::size_t kNames = static_cast<std::size_t>(HeaderName::Other);

  void note(ParseError error, int status = 400) {
    if (error_) return;
    error_ = error;
    status_ = status;
  }
  base::Result<Message, Refusal> refuse();
  bool skip_leading();
  std::optional<std::string_view> next_line(bool folds);
  void parse_start_line(std::string_view line);
  void parse_status_line(std::string_view line);
  void parse_request_line(std::string_view line);
  bool check_version(std::string_view version);
  void parse_headers();
  void parse_header(std::string_view line);
  void check_duplicate(const Header& header);
  void parse_vias();
  void parse_parties();
  void parse_party(HeaderName name, NameAddr& party);
  void parse_call_id();
  void parse_cseq_field();
  void find_body();
  void normalise_content_type();

  Message message_;
  Framing framing_;
  char* data_ = nullptr;  // The slab's bytes, which message_ owns.
  std::size_t size_ = 0;
  std::size_t at_ = 0;  // First octet not yet read.
  bool response_ = false;
  bool blank_line_seen_ = false;
  std::optional<ParseError> error_;
  int status_ = 400;
};

namespace {

bool is_single(HeaderName name) {
  switch (name) {
    case HeaderName::From:
    case HeaderName::To:
    case HeaderName::CallId:
    case HeaderName::CSeq:
    case HeaderName::MaxForwards:
    case HeaderName::ContentLength:
    case HeaderName::ContentType: return true;
    default: return false;  // Lists, and fields whose double does no harm: the first one counts.
  }
}

/// A CR that ends no line, or a NUL that is not a quoted pair: nobody sends them in good faith, and what copies them onwards
/// could be read as two lines by the next one.
bool has_stray_control(std::string_view line) {
  if (line.find('\r') != std::string_view::npos) return true;
  for (auto at = line.find('\0'); at != std::string_view::npos; at = line.find('\0', at + 1)) {
    if (at == 0 || line[at - 1] != '\\') return true;
  }
  return false;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

base::Result<Message, Refusal> Parser::refuse() {
  const auto present = [this](HeaderName name) { return !message_.find(name).value_or("").empty(); };
  const bool copyable = !message_.top_via_.host.empty() && present(HeaderName::From) && present(HeaderName::To) &&
                        present(HeaderName::CallId) && present(HeaderName::CSeq);
  const bool request = !response_ && !message_.method_text_.empty() && message_.method_ != Method::Ack;
  Refusal refusal;
  refusal.error = *error_;
  refusal.status = status_;
  refusal.answerable = request && copyable;
  refusal.message = std::move(message_);
  return base::fail(std::move(refusal));
}

/// CRLFs ahead of the start line are skipped (RFC 3261 section 7.5). False when nothing is behind them: a keep-alive, among them
/// the NULs and blanks that some telephones send.
bool Parser::skip_leading() {
  while (at_ < size_ && (data_[at_] == '\r' || data_[at_] == '\n')) ++at_;
  return std::any_of(data_ + at_, data_ + size_, [](char c) { return c != '\0' && !base::is_space(c); });
}

/// The next whole line without its end, which is CRLF or, liberally, LF. With `folds` the lines that continue it are joined to
/// it: the slab's own CRLF become spaces (RFC 3261 section 7.3.1). Nothing when no line end is left.
std::optional<std::string_view> Parser::next_line(bool folds) {
  const std::size_t begin = at_;
  for (std::size_t from = at_;;) {
    const void* found = from < size_ ? std::memchr(data_ + from, '\n', size_ - from) : nullptr;
    if (found == nullptr) return std::nullopt;
    const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - data_);
    const std::size_t end = feed > begin && data_[feed - 1] == '\r' ? feed - 1 : feed;
    at_ = feed + 1;
    if (end == begin || !folds || at_ == size_ || !is_blank(data_[at_])) return std::string_view(data_ + begin, end - begin);
    std::fill(data_ + end, data_ + at_, ' ');
    from = at_;
  }
}

void Parser::parse_start_line(std::string_view line) {
  if (has_stray_control(line)) return note(ParseError::BadStartLine);
  response_ = base::iequals(line.substr(0, 4), "SIP/");
  response_ ? parse_status_line(line) : parse_request_line(line);
}

/// `SIP/2.0`, any case. Another version of SIP is worth a 505 (RFC 3261 section 21.5.6), anything else is no start line.
bool Parser::check_version(std::string_view version) {
  if (base::iequals(version, "SIP/2.0")) return true;
  const bool is_sip = base::iequals(version.substr(0, 4), "SIP/") && version.size() > 4 && base::is_digit(version[4]);
  is_sip ? note(ParseError::BadVersion, 505) : note(ParseError::BadStartLine);
  return false;
}

void Parser::parse_status_line(std::string_view line) {
  const auto space = std::min(line.find(' '), line.size());
  if (!check_version(line.substr(0, space))) return;
  line = base::trim(line.substr(space));
  const auto code = line.substr(0, std::min(line.find(' '), line.size()));
  const auto status = base::parse_number<int>(code);
  if (!status || code.size() != 3 || *status < 100 || *status > 699) return note(ParseError::BadStartLine);
  message_.status_ = *status;
  message_.reason_ = base::trim(line.substr(code.size()));
}

/// Several spaces between the three parts, and some behind them, are let pass (RFC 4475 sections 3.1.2.9 and 3.1.2.10).
void Parser::parse_request_line(std::string_view line) {
  const auto method = line.substr(0, line.find_first_of(" \t"));
  if (!detail::is_token(method)) return note(ParseError::BadStartLine);
  message_.method_text_ = method;
  message_.method_ = parse_method(method);
  line = base::trim(line.substr(method.size()));
  const auto last = line.find_last_of(" \t");
  if (last == std::string_view::npos) return note(ParseError::BadStartLine);
  message_.request_uri_ = base::trim(line.substr(0, last));
  if (!check_version(line.substr(last + 1))) return;
  if (const auto uri = parse_uri(message_.request_uri_); !uri) note(uri.error());
}

void Parser::parse_headers() {
  while (const auto line = next_line(true)) {
    if (line->empty()) {
      blank_line_seen_ = true;
      return;
    }
    parse_header(*line);
  }
  if (at_ != size_) note(ParseError::Truncated);  // The last line is cut off.
}

void Parser::parse_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || has_stray_control(line)) return note(ParseError::BadHeaderLine);
  Header header;
  header.name = line.substr(0, colon);
  while (!header.name.empty() && is_blank(header.name.back())) header.name.remove_suffix(1);
  if (!detail::is_token(header.name)) return note(ParseError::BadHeaderLine);
  header.id = parse_header_name(header.name);
  header.value = base::trim(line.substr(colon + 1));
  if (message_.headers_.size() == kMaxHeaders) return note(ParseError::TooManyHeaders, 513);
  if (is_single(header.id)) check_duplicate(header);
  message_.headers_.push_back(header);
}

/// Deviation: RFC 3261 section 7.3.1 knows no second From or Content-Type. Gateways send them, with the same value: those pass.
void Parser::check_duplicate(const Header& header) {
  const auto first = message_.find(header.id);
  if (!first || *first == header.value) return;
  if (header.id == HeaderName::ContentLength) {
    const auto a = detail::parse_content_length(*first);
    const auto b = detail::parse_content_length(header.value);
    if (!a || !b || *a != *b) note(ParseError::BadContentLength);
    return;
  }
  if (header.id == HeaderName::ContentType && base::iequals(*first, header.value)) return;
  note(ParseError::DuplicateHeader);
}

void Parser::parse_vias() {
  std::size_t count = 0;
  for (const auto& header : message_.headers_) {
    if (header.id != HeaderName::Via) continue;
    auto rest = header.value;
    do {
      const auto via = take_via(rest);
      if (count == 0 && via) message_.top_via_ = *via;
      if (!via) note(via.error());
      if (count == 0 && !via) {  // Its sent-by may still say where a 400 goes.
        auto head = header.value.substr(0, header.value.find_first_of(";,"));
        if (const auto bare = take_via(head)) message_.top_via_ = *bare;
      }
      if (++count > kMaxVias) note(ParseError::TooManyValues);
      if (!via || count > kMaxVias) return;
    } while (!rest.empty());
  }
  if (count == 0) note(ParseError::MissingHeader);
}

void Parser::parse_parties() {
  parse_party(HeaderName::From, message_.from_);
  parse_party(HeaderName::To, message_.to_);
}

void Parser::parse_party(HeaderName name, NameAddr& party) {
  const auto value = message_.find(name);
  if (!value || value->empty()) return note(ParseError::MissingHeader);
  const auto parsed = parse_name_addr(*value);
  if (!parsed) return note(parsed.error());
  party = *parsed;
  if (party.tag() && party.tag()->empty()) note(ParseError::BadParameter);  // `;tag=` would match a dialog without a tag.
}

void Parser::parse_call_id() {
  message_.call_id_ = message_.find(HeaderName::CallId).value_or("");
  if (message_.call_id_.empty()) return note(ParseError::MissingHeader);
  const auto in_word = [](char c) { return !base::is_space(c) && !detail::is_control(c); };
  if (!std::all_of(message_.call_id_.begin(), message_.call_id_.end(), in_word)) note(ParseError::BadHeaderLine);
}

void Parser::parse_cseq_field() {
  const auto value = message_.find(HeaderName::CSeq);
  if (!value || value->empty()) return note(ParseError::MissingHeader);
  const auto cseq = parse_cseq(*value);
  if (!cseq) return note(cseq.error());
  message_.cseq_ = *cseq;
  if (response_) {
    message_.method_ = cseq->method;
    message_.method_text_ = cseq->method_text;
  } else if (cseq->method_text != message_.method_text_) {
    note(ParseError::MethodMismatch, message_.method_ == Method::Other ? 501 : 400);  // RFC 4475 section 3.1.2.18
  }
}

void Parser::find_body() {
  const std::size_t available = size_ - at_;
  const auto value = message_.find(HeaderName::ContentLength);
  if (!value) {
    if (framing_ == Framing::Stream) return note(ParseError::MissingHeader);  // RFC 3261 section 20.14
    if (!blank_line_seen_) return note(ParseError::Truncated);
    message_.body_ = {data_ + at_, available};
    return;
  }
  const auto length = detail::parse_content_length(*value);
  if (!length) return note(length.error());
  if (framing_ == Framing::Stream && *length > kMaxMessageBytes - std::min(at_, kMaxMessageBytes))
    return note(ParseError::TooLarge, 513);
  if (*length > available) return note(ParseError::Truncated);
  message_.body_ = {data_ + at_, *length};
}

/// Media types have no case and may have space round the slash (RFC 3261 section 25.1): both go, so that they compare as text.
void Parser::normalise_content_type() {
  for (auto& header : message_.headers_) {
    if (header.id != HeaderName::ContentType) continue;
    char* const text = data_ + (header.value.data() - data_);
    const auto end = text + std::min(header.value.find(';'), header.value.size());
    char* out = text;
    for (const char* in = text; in != end; ++in) {
      if (!is_blank(*in)) *out++ = base::to_lower(*in);
    }
    std::fill(out, end, ' ');
    header.value = base::trim(header.value);
  }
}

base::Result<Message, Refusal> parse_message(Slab slab, Framing framing) { return Parser(std::move(slab), framing).run(); }

}  // namespace offhook::inline v0::sip
