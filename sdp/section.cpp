#include <offhook/sdp/section.hpp>

#include <offhook/base/text.hpp>

namespace offhook::inline v0::sdp {

void Section::follow(const Media& line) {
  kind = line.kind;
  format = line.formats.empty() ? "0" : line.formats.front();
  transport.protocol = line.protocol;
}

bool Section::fits(const Media& line) const { return line.kind == kind && base::iequals(line.protocol, transport.protocol); }

Media Section::line() const {
  Media media;
  media.kind = kind;
  write_transport(transport, media);
  return media;
}

Media Section::refused() const {
  Media media = line();
  media.port = 0;
  media.formats = {format};
  return media;
}

}  // namespace offhook::inline v0::sdp
