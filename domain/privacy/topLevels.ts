const names = `
com net org edu gov mil int info biz name pro mobi jobs travel museum aero coop
app dev page web site online store shop blog cloud tech xyz top club live news agency digital solutions services
email media group global world today space website software systems network design studio health bank finance
ac ad ae ag al am ar at au ba bd be bg bh bo br by bz ca ch cl cn co cr cu cy cz de dk do dz ec ee eg es eu fi fr
ga ge gh gr gt hk hn hr hu id ie il in io iq ir is it jm jo jp ke kr kw kz la lb lk lt lu lv ly ma me mk mn mo mt mu
mx my ng ni nl no np nz om pa pe ph pk pl pr pt qa ro ru sa se sg si sk sn su sv th tn tr tv tw ua ug uk us uy uz
ve vn za zw ai
`;

/** The common ends of domains; left out are those that are ends of file names as well, such as py, rs, md, sh, zip. */
export const topLevels: ReadonlySet<string> = new Set(names.trim().split(/\s+/));
