// @ts-check
// Words and figures that the service and this verifier share. Generated from service/domain/shared.json:
// `python -m tools.reference`.

export const SHARED = /** @type {const} */ ({
 "verdicts": {
  "unreadable": [
   "读不出证卡内容：不是本系统的二维码，或二维码残缺。请重新扫描。",
   "This cannot be read as a card: another kind of code, or a damaged one. Scan again."
  ],
  "forged": [
   "伪造：签名或网址与颁发机构不符，不是颁发机构签发的内容。",
   "Forged: the signature or the address is not the issuer's."
  ],
  "unknown_key": [
   "签发密钥不为本验证端所知：离线验证请先更新；在线验证即为不是本系统签发。",
   "Signed with a key this checker does not know: offline, update first; online, it was never issued here."
  ],
  "suspect": [
   "存疑：签发密钥已报失或已停用，且没有登记可以证实，请联网核验。",
   "Suspect: signed with a key reported stolen or out of use, and no register vouches for it. Check online."
  ],
  "unregistered": [
   "签名无误，但登记中没有这张证卡或这份副本，请报告颁发机构。",
   "The signature holds, but no such card or copy is registered. Report it to the issuer."
  ],
  "revoked": [
   "持证人资格已被取消{on}。",
   "The qualification has been cancelled{on}."
  ],
  "voided": [
   "该证卡已作废{on}。",
   "The card has been voided{on}."
  ],
  "replaced": [
   "这份副本已被补发的新证卡取代，请查验新证卡。",
   "This copy has been replaced by a new one. Ask for the new card."
  ],
  "superseded": [
   "该证卡已换发{on}，请查验新证卡。",
   "The card has been superseded by a renewed one{on}. Ask for the new card."
  ],
  "expired": [
   "该证卡已于 {expires_on} 到期。",
   "The card expired at the end of {expires_on}."
  ],
  "not_yet_valid": [
   "该证卡自 {issued_on} 起有效，目前尚未生效。",
   "The card is valid from {issued_on}, not yet."
  ],
  "status_unknown": [
   "证卡为颁发机构签发且在有效期内，但手头的状态数据过旧或缺失，无法确认现状，请联网核验。",
   "Genuine and within its term, but the status data at hand is too old or missing. Check online."
  ],
  "valid": [
   "证卡有效（状态截至 {as_of}）。请核对持证人与照片。",
   "The card is valid (status as of {as_of}). Compare the holder with the photograph."
  ]
 },
 "fitness": {
  "yes": [
   "",
   ""
  ],
  "no": [
   "但不得在此执行所问工作。",
   " But it does not cover the work asked about."
  ],
  "unknown": [
   "能否在此执行所问工作，尚不能确定。",
   " Whether it covers the work asked about cannot be told."
  ]
 },
 "kinds": {
  "senior": {
   "zh": "高级考评员",
   "en": "senior assessor"
  },
  "standard": {
   "zh": "考评员",
   "en": "assessor"
  },
  "special_skill": {
   "zh": "专项职业能力考核考评员",
   "en": "special-skill assessor"
  },
  "external": {
   "zh": "外部质量督导员",
   "en": "external quality supervisor"
  },
  "internal": {
   "zh": "内部质量督导员",
   "en": "internal quality supervisor"
  }
 },
 "levels": {
  "special": [
   "专项职业能力",
   "special skills"
  ],
  "5": [
   "五级/初级工",
   "level 5 (junior)"
  ],
  "4": [
   "四级/中级工",
   "level 4 (intermediate)"
  ],
  "3": [
   "三级/高级工",
   "level 3 (senior)"
  ],
  "2": [
   "二级/技师",
   "level 2 (technician)"
  ],
  "1": [
   "一级/高级技师",
   "level 1 (senior technician)"
  ],
  "te": [
   "特级技师",
   "special-grade technician"
  ],
  "shouxi": [
   "首席技师",
   "chief technician"
  ]
 },
 "levels_of_grade": {
  "special_skill": [
   "special"
  ],
  "standard": [
   "special",
   "5",
   "4",
   "3"
  ],
  "senior": [
   "special",
   "5",
   "4",
   "3",
   "2",
   "1"
  ]
 },
 "unruled_levels": [
  "te",
  "shouxi"
 ],
 "status_list_notes": {
  "envelope-malformed": [
   "第 {n} 号状态列表不是本系统的签名格式，不予采用",
   "status list {n} is not used: it is not signed in the form of this system"
  ],
  "unknown-key": [
   "第 {n} 号状态列表不是用密钥文件中的状态密钥签署的（证卡密钥不算），不予采用",
   "status list {n} is not used: no status key of the key document signed it (a card key does not count)"
  ],
  "signature-invalid": [
   "第 {n} 号状态列表被改动，签名不符，不予采用",
   "status list {n} is not used: it was altered, its signature does not hold"
  ],
  "status-list-malformed": [
   "第 {n} 号状态列表无法解读，不予采用",
   "status list {n} is not used: it cannot be read"
  ],
  "status-list-not-canonical": [
   "第 {n} 号状态列表的编码不合规范，不予采用",
   "status list {n} is not used: it is not in its one encoding"
  ],
  "status-list-subject": [
   "第 {n} 号状态列表与所需的不是同一份，不予采用",
   "status list {n} is not used: this is not the list asked for"
  ],
  "status-list-size": [
   "第 {n} 号状态列表解压后的长度不符，不予采用",
   "status list {n} is not used: it does not inflate to the size of a list"
  ],
  "status-list-older": [
   "第 {n} 号状态列表比已采用过的旧，不予采用：可能是有人重放取消之前的列表",
   "status list {n} is not used: it was signed at an earlier time than one known, maybe before a cancellation"
  ],
  "key-compromised": [
   "第 {n} 号状态列表由已报失窃的状态密钥签署，不予采用",
   "status list {n} is not used: the status key that signed it is reported stolen"
  ],
  "key-out-of-use": [
   "第 {n} 号状态列表由已停用的状态密钥签署，或签署时间不在其使用期内，不予采用",
   "status list {n} is not used: the status key that signed it was not in use at that time"
  ],
  "key-not-in-use": [
   "第 {n} 号状态列表由尚未启用的状态密钥签署，不予采用，请更新密钥文件",
   "status list {n} is not used: the status key that signed it is not in use yet, update the key document"
  ],
  "status-list-former-key": [
   "第 {n} 号状态列表由较早的状态密钥签署，而已采用过较新密钥签署的列表，不予采用：可能是有人重放旧列表",
   "status list {n} is not used: a former status key signed it, and one of a newer key was accepted before"
  ],
  "status-list-from-the-future": [
   "第 {n} 号状态列表的签发时间比本机时间晚 10 分钟以上，不予采用，请核对时钟",
   "status list {n} is not used: it was signed more than 10 minutes ahead of this clock, check the clock"
  ],
  "status-list-expired": [
   "第 {n} 号状态列表已过期：已知无效的证卡仍会查出，其余不能确认，请联网更新",
   "status list {n} has expired: cards known to be bad are still told, no other can be confirmed; update"
  ],
  "key-document-expired": [
   "密钥文件已过有效期：不再能确认任何证卡有效，请联网更新",
   "the key document has expired: no card can be confirmed to be valid; update"
  ]
 },
 "assessment": {
  "skill_assessors": 3,
  "review_seniors": 3,
  "theory_markers": 2,
  "visits_running": 2,
  "external_supervisors": 2,
  "internal_supervisors": 1,
  "internal_arrives_minutes": 30
 },
 "limits": {
  "code_digits": 2500,
  "host_characters": 32,
  "name_bytes": 60,
  "occupation_bytes": 60,
  "work_unit_bytes": 90,
  "copy_id_bytes": 8,
  "occupations": 2,
  "portrait_width": 48,
  "portrait_height": 64,
  "portrait_bytes": 400,
  "portrait_frame_head_bytes": 10,
  "first_occupation_code": 1000000,
  "last_occupation_code": 8999999,
  "status_bits": 4,
  "bundle_bytes": 67108864,
  "status_list_entries": 131072,
  "status_list_ahead_s": 600,
  "status_list_fresh_s": 86400,
  "instant": 253402214400
 },
 "text": {
  "zero_width": [
   "00AD",
   "034F",
   "061C",
   "180E",
   "200B-200F",
   "202A",
   "202C-202D",
   "2060-2064",
   "2066",
   "2068-2069",
   "FEFF"
  ],
  "radicals": [
   "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪",
   "⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓",
   "⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳⼀⼁⼂⼃⼄⼅⼆⼇⼈",
   "⼉⼊⼋⼌⼍⼎⼏⼐⼑⼒⼓⼔⼕⼖⼗⼘⼙⼚⼛⼜⼝⼞⼟⼠⼡⼢⼣⼤⼥⼦⼧⼨⼩⼪⼫⼬⼭⼮⼯⼰⼱",
   "⼲⼳⼴⼵⼶⼷⼸⼹⼺⼻⼼⼽⼾⼿⽀⽁⽂⽃⽄⽅⽆⽇⽈⽉⽊⽋⽌⽍⽎⽏⽐⽑⽒⽓⽔⽕⽖⽗⽘⽙⽚",
   "⽛⽜⽝⽞⽟⽠⽡⽢⽣⽤⽥⽦⽧⽨⽩⽪⽫⽬⽭⽮⽯⽰⽱⽲⽳⽴⽵⽶⽷⽸⽹⽺⽻⽼⽽⽾⽿⾀⾁⾂⾃",
   "⾄⾅⾆⾇⾈⾉⾊⾋⾌⾍⾎⾏⾐⾑⾒⾓⾔⾕⾖⾗⾘⾙⾚⾛⾜⾝⾞⾟⾠⾡⾢⾣⾤⾥⾦⾧⾨⾩⾪⾫⾬",
   "⾭⾮⾯⾰⾱⾲⾳⾴⾵⾶⾷⾸⾹⾺⾻⾼⾽⾾⾿⿀⿁⿂⿃⿄⿅⿆⿇⿈⿉⿊⿋⿌⿍⿎⿏⿐⿑⿒⿓⿔⿕"
  ],
  "ideographs": [
   "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔",
   "目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长",
   "门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟一丨丶丿乙亅二亠人",
   "儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾",
   "干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片",
   "牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自",
   "至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨",
   "靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
  ],
  "dots": "・•‧･∙⋅",
  "dots_between_han": ".․。．｡﹒᛫ᐧ●◦⚫⦁⸰⸱⸳ㆍꞏ"
 }
})
