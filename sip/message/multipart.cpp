#include <offhook/sip/message/multipart.hpp>

#include <offhook/base/text.hpp>


namespace offhook::inline v0::sip {
namespace {

constexpr std::size_t kMaxBoundaryBytes = 70;  // RFC 2046 section 5.1.1

/// Returns the value of a parameter, or "" if absent. Removes the quotes, but leaves quoted pairs, which a boundary does not
/// need.
std::string_view parameter(std::string_view value, std::string_view name) {
  base::TextCursor cursor(value);
  (void)cursor.take_while([](char c) { return c != ';'; });
  while (cursor.try_take(';')) {
    cursor.skip_spaces();
    const auto found = base::trim(cursor.take_while([](char c) { return c != '=' && c != ';'; }));
    if (!cursor.try_take('=')) continue;
    cursor.skip_spaces();
    std::string_view text;
    if (cursor.try_take('"')) {
      text = cursor.take_while([](char c) { return c != '"'; });
      cursor.skip(1);
      (void)cursor.take_while([](char c) { return c != ';'; });
    } else {
      text = base::trim(cursor.take_while([](char c) { return c != ';'; }));
    }
    if (base::iequals(found, name)) return text;
  }
  return {};
}

/// Returns the media type without parameters.
std::string_view type_of(std::string_view content_type) { return base::trim(content_type.substr(0, content_type.find(';'))); }

/// Takes one line off `rest` and returns it without its end. Accepts CRLF, and LF alone, which some peers write.
std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

enum class Line { Other, Separator, Close };

Line kind_of(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return Line::Other;
  line.remove_prefix(2 + boundary.size());
  const bool close = line.starts_with("--");
  if (close) line.remove_prefix(2);
  return base::trim(line).empty() ? (close ? Line::Close : Line::Separator) : Line::Other;
}

/// Removes the line end before a boundary, which belongs to the boundary: RFC 2046 section 5.1.1.
std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

base::Result<BodyPart, MultipartError> read_part(std::string_view text) {
  BodyPart part;
  part.type = "text/plain";  // RFC 2045 section 5.2
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.empty()) break;
    if (base::is_space(line.front())) continue;  // Skip a folded line: peers do not fold the relevant part of the fields that we read.
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return base::fail(MultipartError::BadHeader);
    const auto name = base::trim(line.substr(0, colon)), value = base::trim(line.substr(colon + 1));
    if (base::iequals(name, "Content-Type") || base::iequals(name, "c")) part.type = value;
    if (base::iequals(name, "Content-Disposition")) part.disposition = value;
    if (base::iequals(name, "Content-Transfer-Encoding") || base::iequals(name, "Content-Encoding") || base::iequals(name, "e"))
      part.encoding = value;
  }
  part.body = text;
  return part;
}

class Search {
 public:
  explicit Search(std::string_view wanted) : wanted_(wanted) {}

  base::Result<FoundPart, MultipartError> run(std::string_view content_type, std::string_view body, std::size_t depth) {
    if (depth > kMaxMultipartDepth) return base::fail(MultipartError::TooDeep);
    const auto parts = split_multipart(content_type, body);
    if (!parts) return base::fail(parts.error());
    seen_ += parts->size();
    if (seen_ > kMaxBodyParts) return base::fail(MultipartError::TooManyParts);
    const bool alternative = base::iequals(type_of(content_type), "multipart/alternative");
    FoundPart all;
    all.optional = !parts->empty();
    for (const BodyPart& part : *parts) {
      auto found = look_into(part, depth);
      if (!found) return found;
      if (found->part && (alternative || !all.part)) all.part = found->part;
      all.blocked = all.blocked || (found->blocked && !alternative);  // Only one alternative must be understood.
      all.optional = all.optional && found->optional;
    }
    return all;
  }

 private:
  base::Result<FoundPart, MultipartError> look_into(const BodyPart& part, std::size_t depth) {
    if (is_multipart(part.type)) return run(part.type, part.body, depth + 1);
    if (base::iequals(type_of(part.type), wanted_) && is_plain_encoding(part.encoding)) return FoundPart{part, false, false};
    return FoundPart{{}, base::iequals(parameter(part.disposition, "handling"), "required"), is_optional(part.disposition)};
  }

  std::string_view wanted_;  // Borrows from the argument of find_part().
  std::size_t seen_ = 0;
};

}  // namespace

std::string_view to_string(MultipartError error) {
  switch (error) {
    case MultipartError::NoBoundary: return "the content type has no valid boundary";
    case MultipartError::Unterminated: return "a part has no end";
    case MultipartError::BadHeader: return "the header of a part is malformed";
    case MultipartError::TooManyParts: return "the body has too many parts";
    case MultipartError::TooDeep: return "the parts are nested too deeply";
  }
  return "";
}

bool is_optional(std::string_view disposition) { return base::iequals(parameter(disposition, "handling"), "optional"); }

bool is_plain_encoding(std::string_view encoding) {
  return encoding.empty() || base::iequals(encoding, "binary") || base::iequals(encoding, "8bit") ||
         base::iequals(encoding, "7bit") || base::iequals(encoding, "identity");
}

bool is_multipart(std::string_view content_type) {
  constexpr std::string_view kPrefix = "multipart/";
  const auto type = type_of(content_type);
  return type.size() > kPrefix.size() && base::iequals(type.substr(0, kPrefix.size()), kPrefix);
}

base::Result<std::vector<BodyPart>, MultipartError> split_multipart(std::string_view content_type, std::string_view body) {
  const auto boundary = parameter(content_type, "boundary");
  if (boundary.empty() || boundary.size() > kMaxBoundaryBytes) return base::fail(MultipartError::NoBoundary);
  std::vector<BodyPart> parts;
  std::optional<std::string_view> open;  // From the start of the current part to the end of the body.
  for (std::string_view rest = body; !rest.empty();) {
    const std::string_view from_here = rest;
    const Line kind = kind_of(take_line(rest), boundary);
    if (kind == Line::Other) continue;
    if (open) {
      const auto part = read_part(without_line_end(open->substr(0, open->size() - from_here.size())));
      if (!part) return base::fail(part.error());
      if (parts.size() == kMaxBodyParts) return base::fail(MultipartError::TooManyParts);
      parts.push_back(*part);
    }
    if (kind == Line::Close) return parts;  // An epilogue may follow.
    open = rest;
  }
  return base::fail(MultipartError::Unterminated);
}

base::Result<FoundPart, MultipartError> find_part(std::string_view content_type, std::string_view body, std::string_view wanted) {
  return Search(wanted).run(content_type, body, 1);
}

}  // namespace offhook::inline v0::sip
