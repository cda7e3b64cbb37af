#include <offhook/sdp/writer.hpp>

#include <string_view>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

/// Collects lines. Every octet passes through append(), so that no value can end a line early.
class LineWriter {
 public:
  void line(char type, std::string_view value) {
    begin(type);
    append(value);
    end();
  }
  void begin(char type) {
    out_.push_back(type);
    out_.push_back('=');
  }
  void append(std::string_view text) {
    for (const char c : text) {
      if (c != '\r' && c != '\n' && c != '\0') out_.push_back(c);
    }
  }
  void end() { out_.append("\r\n"); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write(LineWriter& out, const Origin& origin) {
  out.begin('o');
  for (const auto* word : {&origin.username, &origin.session_id, &origin.version, &origin.net_type, &origin.address_type}) {
    out.append(*word);
    out.append(" ");
  }
  out.append(origin.address);
  out.end();
}

void write(LineWriter& out, const Connection& connection) {
  out.begin('c');
  out.append(connection.net_type);
  out.append(" ");
  out.append(connection.address_type);
  out.append(" ");
  out.append(connection.address);
  out.end();
}

void write(LineWriter& out, const Attribute& attribute) {
  out.begin('a');
  out.append(attribute.name);
  if (attribute.value) {
    out.append(":");
    out.append(*attribute.value);
  }
  out.end();
}

template <class Lines>
void write_all(LineWriter& out, const Lines& lines) {
  for (const auto& line : lines) out.line(line.type, line.value);
}

void write(LineWriter& out, const Media& media) {
  out.begin('m');
  out.append(media.kind);
  out.append(" ");
  out.append(std::to_string(media.port));
  if (media.port_count != 1) out.append("/" + std::to_string(media.port_count));
  out.append(" ");
  out.append(media.protocol);
  for (const std::string& format : media.formats) {
    out.append(" ");
    out.append(format);
  }
  out.end();
  if (!media.title.empty()) out.line('i', media.title);
  for (const Connection& connection : media.connections) write(out, connection);
  for (const std::string& bandwidth : media.bandwidths) out.line('b', bandwidth);
  write_all(out, media.others);  // k= comes before a=: RFC 8866 section 5.
  for (const Attribute& attribute : media.attributes) write(out, attribute);
}

}  // namespace

std::string write_session(const Session& session) {
  LineWriter out;
  out.line('v', "0");
  if (session.origin) write(out, *session.origin);
  out.line('s', session.name);
  write_all(out, session.infos);
  if (session.connection) write(out, *session.connection);
  for (const std::string& bandwidth : session.bandwidths) out.line('b', bandwidth);
  write_all(out, session.times);
  write_all(out, session.others);
  for (const Attribute& attribute : session.attributes) write(out, attribute);
  for (const Media& media : session.media) write(out, media);
  return out.take();
}

}  // namespace offhook::inline v0::sdp
