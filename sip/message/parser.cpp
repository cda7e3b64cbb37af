#include <offhook/sip/message/parser.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>
#include <offhook/sip/message/detail/indexer.hpp>
#include <offhook/sip/message/detail/readers.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

/// Reads the mandatory fields (RFC 3261 section 8.1.1) into the message. Continues after a fault, so that the request can be
/// answered.
class MandatoryFields {
 public:
  MandatoryFields(Message& message, bool response, detail::Fault& fault)
      : message_(message), fault_(fault), response_(response) {}

  void read() {
    if (!response_ && !fault_.error) check_request_uri();
    read_vias();
    read_party(HeaderName::From, message_.from_);
    read_party(HeaderName::To, message_.to_);
    read_call_id();
    read_cseq();
    normalise_content_type();
  }
  /// Call read() first.
  [[nodiscard]] bool is_answerable() const;

 private:
  void check_request_uri();
  void read_vias();
  void read_party(HeaderName name, NameAddr& party);
  void read_call_id();
  void read_cseq();
  void normalise_content_type();

  Message& message_;
  detail::Fault& fault_;
  bool response_;
};

bool MandatoryFields::is_answerable() const {
  const auto present = [this](HeaderName name) { return !message_.find(name).value_or("").empty(); };
  const bool copyable = !message_.top_via_.host.empty() && present(HeaderName::From) && present(HeaderName::To) &&
                        present(HeaderName::CallId) && present(HeaderName::CSeq);
  return copyable && !response_ && !message_.method_text_.empty() && message_.method_ != Method::Ack;
}

void MandatoryFields::check_request_uri() {
  Uri uri;
  if (const auto read = detail::read_uri(message_.request_uri_, uri); !read) fault_.note(read.error());
}

/// Checks that the topmost Via is valid, because it says where a response goes. Counts the Vias below it without parsing them;
/// responses only copy them.
void MandatoryFields::read_vias() {
  auto lines = message_.lines(HeaderName::Via);
  const auto top = lines.next();
  if (!top) return fault_.note(ParseError::MissingHeader);
  auto rest = *top;
  if (const auto read = detail::read_next(rest, message_.top_via_); !read) {
    fault_.note(read.error());
    message_.top_via_ = Via();
    auto head = top->substr(0, top->find_first_of(";,"));  // The sent-by may still say where to send a 400.
    if (const auto bare = take_via(head)) message_.top_via_ = *bare;
    return;
  }
  std::size_t count = 1;
  for (std::optional<std::string_view> line = rest; line; line = lines.next()) {
    for (auto below = *line; detail::next_element(below); ++count) {
      if (count == kMaxVias) return fault_.note(ParseError::TooManyValues);
    }
  }
}

void MandatoryFields::read_party(HeaderName name, NameAddr& party) {
  const auto value = message_.find(name);
  if (!value || value->empty()) return fault_.note(ParseError::MissingHeader);
  if (const auto read = detail::read_name_addr(*value, party); !read) {
    party = NameAddr();
    return fault_.note(read.error());
  }
  const auto tag = party.tag();
  if (tag && tag->empty()) fault_.note(ParseError::BadParameter);  // `;tag=` would match a dialog without a tag.
}

void MandatoryFields::read_call_id() {
  message_.call_id_ = message_.find(HeaderName::CallId).value_or("");
  if (message_.call_id_.empty()) return fault_.note(ParseError::MissingHeader);
  const auto bad = base::find_first(message_.call_id_, [](auto block) { return block.below('!') | block.equal('\x7F'); });
  if (bad != message_.call_id_.size()) fault_.note(ParseError::BadHeaderLine);
}

void MandatoryFields::read_cseq() {
  const auto value = message_.find(HeaderName::CSeq);
  if (!value || value->empty()) return fault_.note(ParseError::MissingHeader);
  const auto cseq = parse_cseq(*value);
  if (!cseq) return fault_.note(cseq.error());
  message_.cseq_ = *cseq;
  if (response_) {
    message_.method_ = cseq->method;
    message_.method_text_ = cseq->method_text;
  } else if (cseq->method_text != message_.method_text_) {
    fault_.note(ParseError::MethodMismatch, message_.method_ == Method::Other ? 501 : 400);  // RFC 4475 section 3.1.2.18
  }
}

/// Converts the media type to lower case and removes space around the slash (RFC 3261 section 25.1), so that media types can be
/// compared as text.
void MandatoryFields::normalise_content_type() {
  if (message_.find(HeaderName::ContentType).value_or("application/sdp") == "application/sdp") return;
  auto& table = *message_.slab_.table();
  for (std::size_t i = 0; i < table.count; ++i) {
    auto& entry = table.entries[i];
    if (entry.id != HeaderName::ContentType) continue;
    const auto octets = message_.slab_.bytes().subspan(entry.value, entry.value_size);
    const auto end = std::find(octets.begin(), octets.end(), std::uint8_t{';'});
    auto out = octets.begin();
    for (auto in = out; in != end; ++in) {
      if (*in != ' ' && *in != '\t') *out++ = static_cast<std::uint8_t>(base::to_lower(static_cast<char>(*in)));
    }
    std::fill(out, end, std::uint8_t{' '});
    const auto type = base::trim({reinterpret_cast<const char*>(octets.data()), octets.size()});
    entry.value_size = static_cast<std::uint16_t>(type.size());
  }
}

namespace {

enum class Depth { Index, Whole };

base::Result<Message, Refusal> read_message(Slab&& slab, Framing framing, Depth depth) {
  base::Result<Message, Refusal> result{tl::in_place};  // Filled in place, because moving a Message is expensive.
  detail::Fault fault;
  if (slab.table() == nullptr) slab = Slab::exact({});
  detail::Indexer indexer(*result, std::move(slab), framing, fault);
  const bool found = indexer.run();
  if (depth == Depth::Index && !fault.error) return result;
  MandatoryFields fields(*result, indexer.is_response(), fault);
  if (found) fields.read();
  if (!fault.error) return result;
  const bool answerable = found && fields.is_answerable();
  return base::fail(Refusal{*fault.error, std::move(*result), answerable, fault.status});
}

}  // namespace

base::Result<Message, Refusal> parse_message(Slab slab, Framing framing) {
  return read_message(std::move(slab), framing, Depth::Whole);
}

base::Result<Message, Refusal> index_message(Slab slab, Framing framing) {
  return read_message(std::move(slab), framing, Depth::Index);
}

}  // namespace offhook::inline v0::sip
