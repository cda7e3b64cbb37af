#include <offhook/agent/providers/azure/ssml.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::azure;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_xml_text(out, text);
  return out;
}

}  // namespace

TEST_CASE("write_ssml writes one text in one voice") {
  CHECK(write_ssml({"de-DE", "de-DE-KatjaNeural"}, "Guten Tag!") ==
        "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='de-DE'><voice name='de-DE-KatjaNeural'>Guten Tag!</voice></speak>");
}

TEST_CASE("write_ssml escapes text, so that the text cannot become markup") {
  CHECK(escaped("AT&T <3 \"you\" 'n' me > all") == "AT&amp;T &lt;3 &quot;you&quot; &apos;n&apos; me &gt; all");
  CHECK(escaped("</voice><audio src='https://evil.example/x'/>") == "&lt;/voice&gt;&lt;audio src=&apos;https://evil.example/x&apos;/&gt;");
  CHECK(escaped("<![CDATA[x]]>") == "&lt;![CDATA[x]]&gt;");
  CHECK(escaped("<!-- x --><?xml?>&lt;&#60;") == "&lt;!-- x --&gt;&lt;?xml?&gt;&amp;lt;&amp;#60;");
  const std::string hostile = write_ssml({"en-US' x='", "v'/><break time='9s"}, "]]></voice>");
  CHECK(hostile.find("x='") == std::string::npos);
  CHECK(hostile.find("<break") == std::string::npos);
  CHECK(hostile.find("</voice>") == hostile.rfind("</voice>"));
}

TEST_CASE("write_ssml replaces characters that XML does not allow") {
  CHECK(escaped(std::string("a\0b\x01" "c\x1F" "d\x7F" "e", 9)) == "a b c d e");
  CHECK(escaped("line\nand\ttab\r") == "line and tab ");
  CHECK(escaped("Ol\xC3\xA1 \xE4\xBD\xA0 \xF0\x9F\x98\x80") == "Ol\xC3\xA1 \xE4\xBD\xA0 \xF0\x9F\x98\x80");
  CHECK(escaped("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(escaped("\xC3") == "\xEF\xBF\xBD");
  CHECK(escaped("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // half of a surrogate pair
  CHECK(escaped("\xEF\xBF\xBE\xEF\xBF\xBF") == "\xEF\xBF\xBD\xEF\xBF\xBD");  // U+FFFE, U+FFFF
  CHECK(escaped("a\xC2\x85z") == "a z");                                     // a control of Latin 1
}
