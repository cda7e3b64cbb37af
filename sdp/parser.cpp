#include <offhook/sdp/parser.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

using Outcome = base::Result<void, ParseError>;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_not_blank(char c) { return !is_blank(c); }

std::string_view next_word(base::TextCursor& cursor) {
  cursor.take_while(is_blank);
  return cursor.take_while(is_not_blank);
}

/// Removes the last word and the blanks before it from `text`, and returns the word. Returns "" if `text` has only one word.
std::string_view take_last_word(std::string_view& text) {
  auto at = text.size();
  while (at != 0 && is_not_blank(text.data()[at - 1])) --at;
  const auto word = text.substr(at);
  text = base::trim(text.substr(0, at));
  return text.empty() ? std::string_view() : word;
}

/// Parses `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <address>`. Takes the last five words, because some peers
/// write spaces into the username.
Outcome parse_origin(std::string_view value, std::optional<Origin>& into) {
  std::string_view words[5];
  for (std::size_t i = 5; i-- > 0;) {
    words[i] = take_last_word(value);
    if (words[i].empty()) return base::fail(ParseError::BadOrigin);
  }
  into = Origin{std::string(value), std::string(words[0]), std::string(words[1]),
                std::string(words[2]), std::string(words[3]), std::string(words[4])};
  return {};
}

base::Result<Connection, ParseError> parse_connection(std::string_view value) {
  base::TextCursor cursor(value);
  const auto net_type = next_word(cursor);
  const auto address_type = next_word(cursor);
  const auto address = next_word(cursor);
  if (address.empty() || !next_word(cursor).empty()) return base::fail(ParseError::BadConnection);
  return Connection{std::string(net_type), std::string(address_type), std::string(address)};
}

Outcome parse_port(std::string_view text, Media& media) {
  const auto slash = text.find('/');
  const auto port = base::parse_number<std::uint16_t>(text.substr(0, slash));
  if (!port) return base::fail(ParseError::BadPort);
  media.port = *port;
  if (slash == std::string_view::npos) return {};
  const auto count = base::parse_number<std::uint16_t>(text.substr(slash + 1));
  if (!count || *count == 0) return base::fail(ParseError::BadPort);
  media.port_count = *count;
  return {};
}

// Most descriptions have at most this many formats and attributes, so each vector allocates once.
constexpr std::size_t kUsualFormats = 8;
constexpr std::size_t kUsualAttributes = 12;

/// Parses `m=<media> <port>[/<count>] <proto> <fmt> ...`
Outcome parse_media(std::string_view value, Media& media) {
  base::TextCursor cursor(value);
  media.kind = next_word(cursor);
  const auto port = next_word(cursor);
  media.protocol = next_word(cursor);
  if (media.protocol.empty()) return base::fail(ParseError::BadMedia);
  if (const auto outcome = parse_port(port, media); !outcome) return outcome;
  media.formats.reserve(kUsualFormats);
  for (auto format = next_word(cursor); !format.empty(); format = next_word(cursor)) {
    if (media.formats.size() == kMaxFormats) return base::fail(ParseError::TooManyFormats);
    media.formats.emplace_back(format);
  }
  return {};
}

void add_attribute(std::vector<Attribute>& attributes, std::string_view value) {
  if (attributes.empty()) attributes.reserve(kUsualAttributes);
  auto& attribute = attributes.emplace_back();
  const auto colon = base::find_first(value, ':');
  attribute.name = base::trim(value.substr(0, colon));
  if (colon != value.size()) attribute.value.emplace(base::trim(value.substr(colon + 1)));
}

/// Adds lines to the model, one after the other.
class Builder {
 public:
  explicit Builder(Session& session) : session_(session) {}
  Outcome add(char type, std::string_view value) {
    if (type == 'm') return open_media(value);
    return session_.media.empty() ? add_to_session(type, value) : add_to_media(session_.media.back(), type, value);
  }

 private:
  Outcome open_media(std::string_view value) {
    if (session_.media.size() == kMaxMedia) return base::fail(ParseError::TooManyMedia);
    return parse_media(value, session_.media.emplace_back());
  }

  Outcome add_to_session(char type, std::string_view value) {
    switch (type) {
      case 'o': return add_origin(value);
      case 's': return add_name(value);
      case 'i': case 'u': case 'e': case 'p': session_.infos.push_back({type, std::string(value)}); return {};
      case 'c': return add_connection(value);
      case 'b': session_.bandwidths.emplace_back(value); return {};
      case 't': case 'r': case 'z': session_.times.push_back({type, std::string(value)}); return {};
      case 'a':
        add_attribute(session_.attributes, value);
        return {};
      default: session_.others.push_back({type, std::string(value)}); return {};
    }
  }

  Outcome add_origin(std::string_view value) {
    if (session_.origin) return carry('o', value);
    return parse_origin(value, session_.origin);
  }

  Outcome add_name(std::string_view value) {
    if (std::exchange(named_, true)) return carry('s', value);
    session_.name = value;
    return {};
  }

  Outcome add_connection(std::string_view value) {
    if (session_.connection) return carry('c', value);
    auto connection = parse_connection(value);
    if (!connection) return base::fail(connection.error());
    session_.connection = std::move(*connection);
    return {};
  }

  Outcome carry(char type, std::string_view value) {
    session_.others.push_back({type, std::string(value)});
    return {};
  }

  static Outcome add_to_media(Media& media, char type, std::string_view value) {
    switch (type) {
      case 'i':
        if (!media.title.empty()) break;
        media.title = value;
        return {};
      case 'c': {
        auto connection = parse_connection(value);
        if (!connection) return base::fail(connection.error());
        media.connections.push_back(std::move(*connection));
        return {};
      }
      case 'b': media.bandwidths.emplace_back(value); return {};
      case 'a':
        add_attribute(media.attributes, value);
        return {};
      default: break;
    }
    media.others.push_back({type, std::string(value)});
    return {};
  }

  Session& session_;
  bool named_ = false;
};

struct TextLine {
  std::string_view text;  ///< without the line end
  bool stray = false;     ///< holds a NUL, or a carriage return that ends no line
};

/// Removes the next line from `rest` and returns it. A line ends at CRLF, LF or the end of the text.
TextLine take_line(std::string_view& rest) {
  bool stray = false;
  for (std::size_t at = 0;; ++at) {
    // Only NUL, LF and CR matter; a tab costs one more iteration.
    at += base::find_first(rest.substr(at), [](auto block) { return block.below('\r' + 1); });
    const bool last = at == rest.size();
    const bool returns = !last && rest[at] == '\r' && (at + 1 == rest.size() || rest[at + 1] == '\n');
    if (last || returns || rest[at] == '\n') {
      const auto text = rest.substr(0, at);
      rest.remove_prefix(std::min(at + (returns ? 2 : 1), rest.size()));
      return {text, stray};
    }
    if (rest[at] == '\r' || rest[at] == '\0') stray = true;
  }
}

Outcome check_line(const TextLine& line) {
  const auto text = line.text;
  if (text.size() > kMaxLineBytes) return base::fail(ParseError::LineTooLong);
  if (line.stray)
    // Another parser may take the character for a line end: RFC 8866 section 9 allows neither.
    return base::fail(ParseError::BadCharacter);
  if (text.size() < 2 || text[1] != '=' || !base::is_alpha(text[0])) return base::fail(ParseError::BadLine);
  return {};
}

}  // namespace

std::string_view to_string(ParseError error) {
  switch (error) {
    case ParseError::Empty: return "it is empty";
    case ParseError::TooLarge: return "it is larger than kMaxSessionBytes (docs/limits.md)";
    case ParseError::TooManyLines: return "it has more than kMaxLines lines (docs/limits.md)";
    case ParseError::LineTooLong: return "a line is longer than kMaxLineBytes (docs/limits.md)";
    case ParseError::TooManyMedia: return "it has more than kMaxMedia m= lines (docs/limits.md)";
    case ParseError::TooManyFormats: return "an m= line has more than kMaxFormats formats (docs/limits.md)";
    case ParseError::BadCharacter: return "a line contains a NUL, or a CR without LF";
    case ParseError::BadLine: return "a line does not have the form x=value";
    case ParseError::BadVersion: return "it does not begin with v=0";
    case ParseError::BadOrigin: return "the o= line does not have six words";
    case ParseError::BadConnection: return "a c= line does not have three words";
    case ParseError::BadMedia: return "an m= line has no media type, port or protocol";
    case ParseError::BadPort: return "the port of an m= line is not a number from 0 to 65535";
  }
  return "unknown";
}

base::Result<Session, ParseError> parse_session(std::string_view text) {
  if (text.size() > kMaxSessionBytes) return base::fail(ParseError::TooLarge);
  base::Result<Session, ParseError> result{tl::in_place};  // Filled in place, because moving a Session is expensive.
  Builder builder(*result);
  bool versioned = false;
  for (std::size_t lines = 0; !text.empty(); ++lines) {
    if (lines == kMaxLines) return base::fail(ParseError::TooManyLines);
    const auto line = take_line(text);
    if (line.text.empty()) continue;
    if (const auto checked = check_line(line); !checked) return base::fail(checked.error());
    const char type = line.text[0];
    const auto value = base::trim(line.text.substr(2));
    if (!versioned) {
      if (type != 'v' || value != "0") return base::fail(ParseError::BadVersion);
      versioned = true;
    } else if (const auto added = builder.add(type, value); !added) {
      return base::fail(added.error());
    }
  }
  if (!versioned) return base::fail(ParseError::Empty);
  return result;
}

}  // namespace offhook::inline v0::sdp
