"""Write an nginx configuration that serves the public files as the service itself would."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from service.cli.public_files import PublicFile
from service.flows.errors import Refused

_HEAD: Final = """\
# 示例，由 zhengka publish 生成，每次运行都会重写：请复制到别处，填好证书后再用。每分钟运行一次 zhengka publish。
# An example, written again each time `zhengka publish` runs: copy it elsewhere, add your certificate, and include it in
# nginx's http block. Run `zhengka publish` every minute: it replaces only the files that have changed.
server {{
    listen 80;  # 正式使用须为 for real use: listen 443 ssl; ssl_certificate …; ssl_certificate_key …;
    server_name {host};
    root {root};
    autoindex off;
    etag on;
    gzip on;
    gzip_types application/json application/manifest+json application/vnd.zhengka.bundle+cbor image/svg+xml text/css
        text/javascript application/wasm;

    # 查询、登录和旧浏览器的查验页仍由服务程序提供 Lookups, sign-in, and the page for old browsers
    # location ~ ^/(api|lookup|sign-in|1)(/|$) {{
    #     proxy_pass http://127.0.0.1:8000;
    #     proxy_set_header Host $host;
    #     proxy_set_header X-Forwarded-For $remote_addr;
    # }}

    location / {{
        return 404;
    }}
"""


def configuration(host: str, folder: Path, files: Iterable[PublicFile]) -> str:
    """Compose the configuration: what has the same type and headers in one place; every other address is 404.

    Raises Refused for a folder whose name nginx would take for something else.
    """
    alike: defaultdict[tuple[str, str, tuple[tuple[str, str], ...]], set[str]] = defaultdict(set)
    for file in files:
        address = file.pattern or re.escape(file.path)
        source = "$uri" if file.path == f"/{file.name}" else f"/{file.name}"
        alike[source, file.media_type, tuple(file.headers.items())].add(address)
    lines = [
        line
        for (source, media_type, headers), addresses in alike.items()
        for line in _location(sorted(addresses), source, media_type, headers)
    ]
    return _HEAD.format(host=host, root=_root(folder)) + "\n".join(lines) + "\n}\n"


def _location(
    addresses: Sequence[str], source: str, media_type: str, headers: Iterable[tuple[str, str]]
) -> Iterator[str]:
    yield ""
    yield f'    location ~ "^({"|".join(addresses)})$" {{'
    yield f'        try_files "{source}" =404;'
    yield "        types { }"
    yield f'        default_type "{media_type}";'
    yield from (f'        add_header {name} "{value}";' for name, value in headers)
    yield "    }"


def _root(folder: Path) -> str:
    path = str(folder.resolve())
    if not path.isprintable() or any(character in path for character in '"\\$'):
        raise Refused(
            "nginx-folder",
            f"nginx 配置中无法写入“{path}”：请换一个不含引号、反斜线和 $ 的文件夹",
            f"nginx cannot be told of {path!r}: choose a folder without quotes, backslashes and $",
        )
    return f'"{path}"'
